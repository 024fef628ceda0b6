// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Campaigns
import Common
import Database
import Messaging
import Millrace

extension CampaignCommand {
    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a campaign's mail as a recipient would see it."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "The business key of the recipient; only defaults without it.")
        var profile: String?
        @Option(help: "The language; the profile's without it.") var language: String?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let mail = try await session.preview(name, profile, language)
            try session.output.show(MailPreviewView(mail))
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a campaign's mail to someone who looks it over; nothing is recorded."
        )

        @Argument(help: "Its name.") var name: String
        @Option(help: "The address; repeatable.") var to: [String]
        @Option(help: "The business key of the recipient whose values are printed.")
        var profile: String?
        @Option(help: "The language; the profile's without it.") var language: String?
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard (1...10).contains(to.count) else {
                throw ValidationError("give --to between one and ten times")
            }
        }

        func run() async throws {
            let session = try await common.session()
            let content = try await session.preview(name, profile, language)
            let database = session.installation.database
            let (now, to) = (database.time.now(), to)
            let mails = try await database.read { connection in
                try to.map { recipient in
                    try MailPreview(session.workspace.id).test(
                        content,
                        to: recipient,
                        session.installation.mails,
                        at: now,
                        in: connection
                    )
                }
            }
            for result in await session.installation.transport.deliver(mails) {
                guard case .accepted = result else {
                    throw CommandFailure("a mail was not taken: \(result)")
                }
            }
            let count = mails.count == 1 ? "The mail was" : "\(mails.count) mails were"
            try session.output.show(Sentence(message: "\(count) handed over."))
        }
    }
}

extension Session {
    fileprivate func preview(
        _ name: String,
        _ profile: String?,
        _ language: String?
    ) async throws -> RenderedEmail {
        try await installation.database.read { [self] connection in
            let campaign = try CampaignStore(workspace.id).campaign(named: name, in: connection)
            guard let content = campaign.content.email else {
                throw CommandFailure("the campaign \(name) sends no mails")
            }
            let table = try ProfileTableStore(workspace.id).table(campaign.table, in: connection)
            let person = try profile.map { try self.profile($0, in: table, connection) }
            return try MailPreview(workspace.id)
                .mail(content, person.map { .profile($0) } ?? .defaults, language: language)
        }
    }
}

/// A rendered mail as the command line shows it.
struct MailPreviewView: Shown {
    var from: String
    var language: String
    var subject: String
    var html: String?
    var text: String

    init(_ mail: RenderedEmail) {
        from = mail.from.address.text
        language = mail.language
        subject = mail.subject
        html = mail.html
        text = mail.text
    }

    var lines: [String] {
        ["From: \(from)", "Subject: \(subject)", "Language: \(language)", "", text]
    }
}
