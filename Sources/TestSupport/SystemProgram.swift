// SPDX-License-Identifier: Apache-2.0

/// Programs of the system that a test runs to their end.
///
/// Foundation's Process lets children started at the same moment hold each other's pipes open, and
/// then waits for all of them.
public enum SystemProgram {
    /// How a program ended.
    public struct Ended: Sendable {
        /// Its exit code; nil when a signal ended it.
        public let code: Int32?
        /// What it wrote, to its standard error too.
        public let output: String
    }

    /// Runs a program found on the PATH, and blocks until it has ended.
    ///
    /// - Parameters:
    ///   - command: Its name and arguments.
    ///   - input: What it reads: a few lines, or nothing.
    /// - Returns: How it ended.
    /// - Throws: ``MissingTool`` when it cannot be started.
    public static func run(_ command: [String], input: String = "") throws -> Ended {
        let process = try PipedProcess(command)
        if !input.isEmpty { process.writeLine(input) }
        process.endInput()
        let output = String(decoding: process.readToEnd(), as: UTF8.self)
        return Ended(code: process.exitCode(), output: output)
    }

    /// Runs a program that must end with 0.
    ///
    /// - Returns: What it wrote.
    /// - Throws: ``ProgramFailure`` when it ends otherwise.
    @discardableResult
    public static func output(_ command: [String], input: String = "") throws -> String {
        let ended = try run(command, input: input)
        guard ended.code == 0 else { throw ProgramFailure(command: command, ended: ended) }
        return ended.output
    }

    /// Runs a program on a thread of its own.
    ///
    /// - Returns: How it ended.
    /// - Throws: ``MissingTool`` when it cannot be started.
    public static func runAside(_ command: [String]) async throws -> Ended {
        try await onOwnThread { try run(command) }
    }
}

/// A program did not end with 0.
public struct ProgramFailure: Error, CustomStringConvertible {
    let command: [String]
    let ended: SystemProgram.Ended

    /// The command, its end and what it wrote.
    public var description: String {
        "\(command.joined(separator: " ")) ended with \(ended.code ?? -1): \(ended.output)"
    }
}
