// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Audience
import Campaigns
import Common
import Database
import Millrace

struct SplitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split",
        abstract: "Split tests: compare messages on a part of a list, send the best to the rest.",
        subcommands: [Create.self, List.self, Cancel.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare two to five messages, given by their numbers."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "A message's number; repeatable, two to five.") var message: [Int64]
        @Option(help: "The list that it goes to.") var list: String
        @Option(help: "How many take part: a number, or so many of a hundred such as 20%.")
        var share = "20%"
        @Option(help: "open or click.") var criterion = "open"
        @Option(help: "Hours after the last test message.") var delay = 4
        @Option(help: "targetwinner sends the best to the rest; tellme only says which it is.")
        var action = "targetwinner"
        @Option(help: "first lets the first of equals win; tellme lets none.") var tie = "first"
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let asked = try draft()
            let made = try await session.change("splitTest.create", of: name) { transaction in
                var new = asked
                new.list = try ListStore(session.workspace.id).list(named: list, in: transaction).id
                new.scheduledAt = transaction.moment
                return try SplitTestStore(session.workspace.id)
                    .create(new, by: session.context.at(transaction.moment), in: transaction)
            }
            try session.output.show(SplitView(made))
        }

        private func draft() throws -> NewSplitTest {
            guard let criterion = SplitCriterion(rawValue: criterion) else {
                throw ValidationError("\(criterion) is none of open, click")
            }
            guard let action = SplitAction(rawValue: action) else {
                throw ValidationError("\(action) is none of targetwinner, tellme")
            }
            guard let tie = SplitTie(rawValue: tie) else {
                throw ValidationError("\(tie) is none of first, tellme")
            }
            var new = NewSplitTest(
                name,
                messages: message.map { StoredMessageID($0) },
                share: try parsedShare(),
                delayHours: delay,
                scheduledAt: Instant(seconds: 0)
            )
            (new.criterion, new.action, new.tie) = (criterion, action, tie)
            return new
        }

        private func parsedShare() throws -> SplitShare {
            let isPercent = share.hasSuffix("%")
            guard let number = Int(isPercent ? String(share.dropLast()) : share) else {
                throw ValidationError("\(share) is neither a number nor a percentage")
            }
            return isPercent ? .percentage(number) : .number(number)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List split tests, newest first.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let all = try await session.installation.database.read { connection in
                try SplitTestStore(session.workspace.id).all(in: connection)
            }
            try session.output.show(all.map { SplitView($0) }, empty: "There is no split test.")
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a split test that is not decided, and its messages."
        )

        @Argument(help: "Its number.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let ended = try await session.change("splitTest.cancel", of: "\(id)") { transaction in
                var change = SplitTestChange()
                change.isCancelled = true
                return try SplitTestStore(session.workspace.id).change(
                    SplitTestID(id),
                    change,
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(SplitView(ended))
        }
    }
}

/// A split test as the command line shows it.
private struct SplitView: Shown {
    var id: Int64
    var name: String
    var state: String
    var task: Int64
    var messages: [Int64]
    var winner: Int64?
    var tied: Bool?

    init(_ test: SplitTest) {
        id = test.id.value
        name = test.name
        state = test.state.rawValue
        task = test.task.value
        messages = test.messages.map(\.value)
        winner = test.winner.map { test.messages[$0].value }
        tied = test.isTied
    }

    var lines: [String] {
        let end = winner.map { ", message \($0) won\(tied == true ? " a tie" : "")" } ?? ""
        return ["\(id)  \(name): \(state)\(end), task \(task)"]
    }
}
