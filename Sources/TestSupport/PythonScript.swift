// SPDX-License-Identifier: Apache-2.0
public import Foundation
import Glibc

/// A Python script under Tests/Servers that runs beside the test.
///
/// Started by posix_spawn, with an output that is close-on-exec from its making: Foundation's Process
/// lets children started at the same moment hold each other's pipes open, and then waits for all of
/// them.
public final class PythonScript: Sendable {
    /// The repository, found from this file.
    public static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private let identifier: pid_t
    private let output: Int32

    /// Starts a script with the packages of scripts/test-tools.sh, its input from a file.
    ///
    /// - Parameters:
    ///   - script: Its name in Tests/Servers.
    ///   - arguments: What it is given.
    ///   - package: The package that it needs.
    ///   - input: The file that it reads.
    /// - Throws: ``MissingTool`` when the packages are missing or the script cannot be started.
    public init(
        _ script: String,
        _ arguments: [String],
        package: String = "aiosmtpd",
        input: String = "/dev/null"
    ) throws {
        let packages = Self.repository.appendingPathComponent(".tools/python").path
        guard FileManager.default.fileExists(atPath: "\(packages)/\(package)") else {
            throw MissingTool(description: "\(package) is missing: run scripts/test-tools.sh first")
        }
        let path = Self.repository.appendingPathComponent("Tests/Servers/\(script)").path
        let command = ["/usr/bin/env", "PYTHONPATH=\(packages)", "python3", "-B", path]
        (identifier, output) = try Self.start(command + arguments, input: input)
    }

    /// What a script prints that takes long; it is waited for on a thread of its own.
    public static func output(
        _ script: String,
        _ arguments: [String],
        package: String
    ) async throws -> String {
        try await onOwnThread {
            let running = try PythonScript(script, arguments, package: package)
            return String(decoding: running.readAll(), as: UTF8.self)
        }
    }

    deinit {
        close(output)
        // Not SIGTERM: the child inherited the signal mask of a worker thread, which blocks it.
        kill(identifier, SIGKILL)
        waitpid(identifier, nil, 0)
    }

    /// Reads the output up to a line end, or to its end.
    public func readLine() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the output to its end.
    public func readAll() -> Data {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(output, &buffer, buffer.count), count > 0 {
            data.append(contentsOf: buffer[..<count])
        }
        return data
    }

    private static func start(_ command: [String], input: String) throws -> (pid_t, Int32) {
        // pipe2(2) would do, but Swift does not see it.
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw MissingTool(description: "no socket for a script")
        }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var identifier: pid_t = 0
        guard posix_spawn(&identifier, command[0], &actions, nil, &arguments, environ) == 0 else {
            close(ends[0])
            throw MissingTool(description: "\(command[0]) could not be started")
        }
        return (identifier, ends[0])
    }
}

/// Something that the tests need is missing: a failure, never a reason to skip.
public struct MissingTool: Error, CustomStringConvertible {
    /// What is missing, and what brings it.
    public let description: String

    /// Says what is missing.
    public init(description: String) { self.description = description }
}
