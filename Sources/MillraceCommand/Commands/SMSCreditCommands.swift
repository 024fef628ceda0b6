// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Messaging
import Millrace

extension SMSCommand {
    struct Credit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the credit for text messages."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try session.output.show(try await CreditView(session))
        }
    }

    struct Price: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set what one part of a text message costs; from then on credit is needed."
        )

        @Argument(help: "An amount, such as 0.0725.") var price: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let price = try SMSCommand.amount(self.price)
            let session = try await common.session()
            try await session.change("smsCredit.price", of: "\(price)") { transaction in
                try CreditStore(session.workspace.id).setPrice(price, in: transaction)
            }
            try session.output.show(try await CreditView(session))
        }
    }

    struct TopUp: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "top-up",
            abstract: "Add to the credit for text messages, or take back what was not spent."
        )

        @Argument(help: "An amount, such as 250 or -10.50 (after --).") var amount: String
        @Option(help: "Why.") var note = ""
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let amount = try SMSCommand.amount(self.amount)
            let session = try await common.session()
            let note = note
            try await session.change("smsCredit.topUp", of: "\(amount)") { transaction in
                _ = try CreditStore(session.workspace.id).topUp(
                    amount,
                    note: note,
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(try await CreditView(session))
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell the encoding and the parts of a text."
        )

        @Argument(help: "The text.") var text: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            try Output(isJSON: common.json).show(MeasureView(TextMeasure(text)))
        }
    }

    static func amount(_ text: String) throws -> Money {
        guard let money = Money(text) else {
            throw ValidationError("\"\(text)\" is no amount; use digits, with six after a point.")
        }
        return money
    }
}

/// The credit as the command line shows it.
struct CreditView: Shown {
    var price: String?
    var balance: String?
    var reserved: String?
    var spent: String?

    init(_ session: Session) async throws {
        let credit = try await session.installation.database.read { connection in
            try CreditStore(session.workspace.id).credit(in: connection)
        }
        guard let credit else { return }
        price = credit.price.description
        balance = credit.balance.description
        reserved = credit.reserved.description
        spent = credit.spent.description
    }

    var lines: [String] {
        guard let price, let balance, let reserved, let spent else {
            return ["There is no credit: text messages are sent without limit."]
        }
        return [
            "Price of a part: \(price)", "Balance: \(balance)", "Reserved: \(reserved)",
            "Spent: \(spent)",
        ]
    }
}

/// How long a text is, as the command line shows it.
struct MeasureView: Shown {
    var encoding: String
    var units: Int
    var parts: Int

    init(_ measure: TextMeasure) {
        encoding = measure.encoding.rawValue
        units = measure.units
        parts = measure.parts
    }

    var lines: [String] { ["\(encoding), \(units) units, \(parts) part\(parts == 1 ? "" : "s")"] }
}
