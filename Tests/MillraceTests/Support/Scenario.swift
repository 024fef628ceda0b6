// SPDX-License-Identifier: Apache-2.0
import Database
import Exports
import Foundation
import TestSupport
import Testing

/// A club whose members come by file, get a mail, and go out by exports: what the tests run on.
struct Scenario {
    let scratch: Scratch

    /// The types that are exported, each with its compression.
    static let exports: [(pair: ExportPair, compression: String)] = [
        (.profileCreated, "none"), (.profileUpdated, "gzip"),
        (.profileCreatedOrUpdated, "zip"), (.profileChangesDeleted, "none"),
        (.profileChangesSubscriptionUpdates, "gzip"), (.profileChangesConsentChanges, "none"),
        (.emailSent, "zip"), (.emailNotSent, "none"),
    ]

    /// Defines everything through the command line.
    static func make(
        _ engine: TestEngine,
        environment: [String: String] = [:]
    ) async throws -> Scenario {
        let scratch = try Scratch(engine, environment: environment)
        let mail = try scratch.folder.write(mail, to: "mail.json")
        for command in [
            "workspace set importTriggersEnabled true", "workspace add-list newsletter",
            "campaign create Welcome --content \(mail)", "campaign activate Welcome",
            "imports create people --folder incoming --pattern people.*[.]csv --stable 0"
                + " --afterwards move",
            "imports trigger people --campaign Welcome",
        ] {
            try await scratch.run(command.split(separator: " ").map(String.init))
        }
        for export in exports {
            let ending = ["zip": ".zip", "gzip": ".csv.gz"][export.compression] ?? ".csv"
            try await scratch.run([
                "export", "create", export.pair.rawValue, "--type", export.pair.rawValue,
                "--file", "\(export.pair.rawValue)-$yyyyMMdd\(ending)", "--everything",
                "--compression", export.compression,
            ])
        }
        return Scenario(scratch: scratch)
    }

    static let mail = """
        {"senderAddress": "news@club.test", "senderName": "Club", "defaultLanguage": "en",
         "variants": {"en": {"subject": "Welcome {{firstName}}", "text": "Hello {{firstName}}!"}}}
        """

    /// A file of people, some of whose rows are bad.
    ///
    /// The numbers say who stands in it; the round changes names and permissions.
    static func people(_ numbers: Range<Int>, round: Int) -> String {
        var lines = [
            "user_id,email,first_name,language,email_subscription,marketingConsent,newsletter"
        ]
        for number in numbers {
            let name = number % 3 == 0 ? "Name \(round)" : "Always"
            let consent = (number + round) % 2 == 0 ? "yes" : "no"
            let newsletter = (number + round) % 4 == 0 ? "yes" : "no"
            let email = number % 50 == 7 ? "" : "member\(number)@people.test"
            lines.append("U\(number),\(email),\(name),en,yes,\(consent),\(newsletter)")
            if number % 40 == 3 { lines.append("U\(number),\(email),Again,en,yes,yes,no") }
            if number % 60 == 5 { lines.append("U\(number),short") }
            if number % 70 == 9 { lines.append(",\(email),Nobody \(round),en,yes,yes,no") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Puts a round's file into the transferbox.
    func drop(_ numbers: Range<Int>, round: Int) throws {
        try scratch.drop(
            Self.people(numbers, round: round),
            as: "incoming/people-\(round).csv"
        )
    }

    /// How many import tasks there are.
    func importTasks() throws -> Int {
        try scratch.read { connection in
            try connection.value(
                "SELECT count(*) FROM task WHERE type = 'profile_import'"
            ) ?? 0
        }
    }

    /// Runs all exports, undisturbed.
    func runExports() async throws {
        for export in Self.exports {
            try await scratch.run(["export", "run", export.pair.rawValue])
        }
    }
}
