// SPDX-License-Identifier: Apache-2.0
public import Foundation
import Glibc

/// A Python script under Tests/Servers that runs beside the test.
///
/// Started by posix_spawn, one at a time, with close-on-exec pipes: Foundation's Process lets children started at the
/// same moment hold each other's pipes open, and then waits for all of them.
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

    /// Held from the making of a pipe until it is marked and used.
    private static let starting = NSLock()

    private static func start(_ command: [String], input: String) throws -> (pid_t, Int32) {
        starting.lock()
        defer { starting.unlock() }
        var pipe: [Int32] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { throw MissingTool(description: "no pipe") }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var identifier: pid_t = 0
        guard posix_spawn(&identifier, command[0], &actions, nil, &arguments, environ) == 0 else {
            throw MissingTool(description: "\(command[0]) could not be started")
        }
        return (identifier, pipe[0])
    }
}

/// Something that the tests need is missing: a failure, never a reason to skip.
public struct MissingTool: Error, CustomStringConvertible {
    /// What is missing, and what brings it.
    public let description: String

    /// Says what is missing.
    public init(description: String) { self.description = description }
}
