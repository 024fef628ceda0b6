// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Campaigns
import Common
import Database
import Foundation
import Messaging
import Millrace

struct BouncesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bounces",
        abstract: "Mailboxes from which returned mails and complaints are read.",
        subcommands: [Add.self, List.self, Collect.self, Remove.self, MakeSecret.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a mailbox from now on; the password comes from standard input."
        )

        @Argument(help: "imaps://USER@HOST/NAME, imap:// with STARTTLS, or maildir:/PATH.")
        var address: String
        @Option(help: "Hours between two readings.") var hours = 1
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let isFolder = address.hasPrefix("maildir:")
            let password = isFolder ? nil : readLine(strippingNewline: true)
            guard isFolder || password?.isEmpty == false else {
                throw CommandFailure("standard input has no password")
            }
            let secrets = try session.installation.secretStore(session.workspace.id)
            let made = try await session.change("bounces.add", of: "a mailbox") { transaction in
                let context = session.context.at(transaction.moment)
                let made = try BounceMailboxStore(session.workspace.id)
                    .create(address, hours: hours, by: context, in: transaction)
                if let password {
                    let secret = Secret(password)
                    try secrets.set(made.secretName, to: secret, by: context, in: transaction)
                }
                return made
            }
            try session.output.show(BounceMailboxView(made))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all mailboxes.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let all = try await session.installation.database.read { connection in
                try BounceMailboxStore(session.workspace.id).all(in: connection)
            }
            try session.output.show(
                all.map { BounceMailboxView($0) },
                empty: "There is no mailbox."
            )
        }
    }

    struct Collect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Read a mailbox now.")

        @Argument(help: "The mailbox's number.") var mailbox: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let task = try await session.change("bounces.collect", of: "mailbox \(mailbox)") {
                transaction in
                try BounceMailboxStore(session.workspace.id)
                    .collect(mailbox, by: session.context, in: transaction)
            }
            guard let task else { throw CommandFailure("the mailbox is being read") }
            try await session.finish(task)
        }
    }

    struct MakeSecret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make-secret",
            abstract: "Make the secret by which a provider signs its events, and print it once."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let secret = try await session.change("bounces.secret", of: "events") { transaction in
                try session.installation.makeEventSecret(
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try session.output.show(EventSecretView(secret.reveal(), session.workspace.id))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a mailbox no more; its mails stay where they are."
        )

        @Argument(help: "The mailbox's number.") var mailbox: Int64
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let secrets = try session.installation.secretStore(session.workspace.id)
            try await session.change("bounces.remove", of: "mailbox \(mailbox)") { transaction in
                let store = BounceMailboxStore(session.workspace.id)
                guard let found = try store.mailbox(mailbox, in: transaction) else {
                    throw CommandFailure("there is no mailbox \(mailbox)")
                }
                let context = session.context.at(transaction.moment)
                try secrets.remove(found.secretName, by: context, in: transaction)
                try store.delete(mailbox, in: transaction)
            }
            try session.output.show(Sentence(message: "Mailbox \(mailbox) is read no more."))
        }
    }
}

/// A mailbox as the command line shows it.
struct BounceMailboxView: Shown {
    var id: Int64
    var address: String
    var hours: Int

    init(_ mailbox: BounceMailbox) {
        id = mailbox.id
        address = mailbox.address.description
        hours = mailbox.hours
    }

    var lines: [String] { ["\(id)  \(address), every \(hours) h"] }
}

/// The secret of a provider's events, as the command line shows it once.
struct EventSecretView: Shown {
    var secret: String
    var path: String

    init(_ secret: String, _ workspace: WorkspaceID) {
        self.secret = secret
        path = "/events/\(workspace)"
    }

    var lines: [String] { [secret, "Events go to \(path) of the public address."] }
}
