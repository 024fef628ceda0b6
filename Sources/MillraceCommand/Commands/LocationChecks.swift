// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Common
import Database
import Files
import Foundation
import Millrace

extension LocationCommand {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try every step that a location has to allow; exit code 6 when one fails."
        )

        @Argument(help: "The location's name.") var name: String
        @Option(help: "The folder in it.") var folder = ""
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let record = try await session.location(name)
            let (installation, workspace) = (session.installation, session.workspace.id)
            let steps = try await installation.database.blocking {
                LocationTest(
                    try installation.locations.access(to: record, workspace: workspace),
                    folder: folder,
                    spool: installation.spool,
                    token: SystemRandomness().token()
                ).run()
            }
            try session.output.show(LocationTestView(steps))
            if let key = steps.compactMap(\.shownKey).first {
                session.output.note("Compared it? millrace location trust \(name) \(key)")
            }
            guard steps.allSatisfy({ $0.failure == nil }) else { throw ExitCodes.checkFailed }
        }
    }

    struct Files: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the files in a location.")

        @Argument(help: "The location's name.") var name: String
        @Argument(help: "The folder in it.") var folder = ""
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let record = try await session.location(name)
            let (installation, workspace) = (session.installation, session.workspace.id)
            let files = try await installation.database.blocking {
                try installation.locations.access(to: record, workspace: workspace)
                    .list(folder: folder)
            }
            try session.output.show(files.map(FileView.init), empty: "There is no file.")
        }
    }
}

/// The options that set settings and secrets.
struct LocationOptions: ParsableArguments {
    @Option(name: .customLong("set"), help: "A setting as NAME=VALUE, or NAME=@FILE; repeatable.")
    var given: [String] = []
    @Option(
        name: .customLong("secret"),
        help: "A secret as NAME=FILE, NAME=- for the standard input; repeatable."
    )
    var secretFiles: [String] = []

    /// The settings that were given.
    func settings() throws -> [String: String] {
        try LocationOptions.pairs(given) { name, value in
            value.hasPrefix("@") ? try LocationOptions.read(String(value.dropFirst())) : value
        }
    }

    /// The secrets that were given; never on the command line, where others can see them.
    func secrets() throws -> LocationSecrets {
        LocationSecrets(
            try LocationOptions.pairs(secretFiles) { name, file in
                let text = try LocationOptions.read(file == "-" ? "/dev/stdin" : file)
                // An editor ends a file with a line end that is no part of a password.
                guard !text.contains("-----BEGIN"), text.hasSuffix("\n") else { return text }
                return String(text.dropLast())
            }
        )
    }

    private static func pairs(
        _ texts: [String],
        _ value: (String, String) throws -> String
    ) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
                throw ValidationError("\(text.prefix(20)) is not of the form NAME=VALUE")
            }
            let name = String(text[..<sign])
            pairs[name] = try value(name, String(text[text.index(after: sign)...]))
        }
        return pairs
    }

    private static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)
        else { throw CommandFailure("\(path) cannot be read as text") }
        return text
    }
}

/// The steps of a test as the command line shows them.
struct LocationTestView: Shown {
    var passed: Bool
    var steps: [String]

    init(_ steps: [LocationTest.Step]) {
        passed = steps.allSatisfy { $0.failure == nil }
        self.steps = steps.map(\.sentence)
    }

    var lines: [String] { steps }
}

/// A file of a location as the command line shows it.
struct FileView: Shown {
    var name: String
    var bytes: Int64
    var modified: String

    init(_ file: RemoteFile) {
        name = file.name
        bytes = file.size
        modified = file.modified.description
    }

    var lines: [String] { ["\(modified)  \(bytes)  \(name)"] }
}
