// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Database
import Millrace

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look the installation over and say in words what is wrong."
    )

    @Flag(help: "Accept that the database was restored from a backup: sends go on.")
    var acceptRestore = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let installation = try common.open()
        if acceptRestore { try await installation.acceptRestore(by: CommonOptions.actor) }
        let findings = try await Doctor(installation).examine()
        try Output(isJSON: common.json)
            .show(findings.map { FindingView($0) }, empty: "Nothing was looked at.")
        guard findings.allSatisfy(\.isGood) else { throw ExitCodes.checkFailed }
    }
}

/// A finding as the command line shows it.
struct FindingView: Shown {
    var subject: String
    var isGood: Bool
    var words: String

    init(_ finding: Doctor.Finding) {
        subject = finding.subject
        isGood = finding.isGood
        words = finding.words
    }

    var lines: [String] { ["\(isGood ? "good" : "BAD ") \(subject): \(words)"] }
}
