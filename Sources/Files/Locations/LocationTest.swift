// SPDX-License-Identifier: Apache-2.0

/// Walks through every step that a location has to allow, and says in words which failed and why
/// (spec/exports.md, "Locations").
///
/// Writes a small file, renames it, reads it back and removes it. Blocks.
public struct LocationTest: Sendable {
    /// How one step ended.
    public struct Step: Sendable, Hashable, Codable {
        /// What was done, such as `write`.
        public let name: String
        /// Why it failed; nil when it went well.
        public let failure: String?
        /// Whether it was tried at all; not after a failure.
        public let isTried: Bool
        /// The fingerprint of the server's key, when the step failed because it is not the known one.
        public var shownKey: String? = nil

        /// The step as a sentence.
        public var sentence: String {
            guard isTried else { return "\(name): not tried" }
            return failure.map { "\(name): failed, \($0)" } ?? "\(name): passed"
        }
    }

    /// The location.
    public let access: any LocationAccess
    /// The folder in the location that is to be used; `""` for the location itself.
    public let folder: String
    private let spool: Spool
    private let name: String

    /// Prepares a test.
    ///
    /// - Parameters:
    ///   - access: The location.
    ///   - folder: The folder in the location that is to be used.
    ///   - spool: Where the file is read back to.
    ///   - token: Makes the test file's name unique.
    public init(_ access: any LocationAccess, folder: String = "", spool: Spool, token: String) {
        self.access = access
        self.folder = folder
        self.spool = spool
        name = "millrace-test-\(token)"
    }

    /// Runs all steps until one fails; the test file is removed in any case.
    public func run() -> [Step] {
        var hasFailed = false
        let results = steps.map { step in
            guard !hasFailed else { return Step(name: step.name, failure: nil, isTried: false) }
            do {
                try step.run()
                return Step(name: step.name, failure: nil, isTried: true)
            } catch {
                hasFailed = true
                return failed(step.name, error)
            }
        }
        if hasFailed { cleanUp() }
        return results
    }

    private func failed(_ name: String, _ error: any Error) -> Step {
        var step = Step(name: name, failure: "\(error)", isTried: true)
        if case FilesError.remote(let failure) = error { step.shownKey = failure.shownKey }
        return step
    }

    private var steps: [OpeningStep] {
        access.openingSteps() + [
            OpeningStep(name: "list") { _ = try access.list(folder: folder) },
            OpeningStep(name: "write") { try access.putData(content, to: first) },
            OpeningStep(name: "rename") { try access.move(first, to: second) },
            OpeningStep(name: "read", run: read),
            OpeningStep(name: "delete", run: delete),
        ]
    }

    private var content: [UInt8] { Array("This file tests the location.\n".utf8) }
    private var first: String { path("\(name).a") }
    private var second: String { path("\(name).b") }

    private func path(_ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }

    @Sendable private func read() throws {
        let writer = try spool.create(.fetched, name: name)
        defer { writer.abandon() }
        try access.fetch(second, into: writer)
        let file = try writer.finish()
        defer { try? spool.remove(file) }
        var found: [UInt8] = []
        try spool.read(file) { chunk in
            found += chunk
            return found.count <= content.count
        }
        guard found == content else { throw FilesError.readBack(second) }
    }

    @Sendable private func delete() throws {
        try access.delete(second)
        guard try !access.exists(second) else { throw FilesError.exists(second) }
    }

    private func cleanUp() {
        for path in [first, second] { try? access.delete(path) }
    }
}
