// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A program whose standard input and output is a socket of ours; what it says on its standard
/// error comes with its output.
///
/// Its end of file is certain when this process dies, however: the socket is close-on-exec from its
/// making, so that no other child holds it open, which pipe(2) cannot promise. It has a process group
/// of its own: an interrupt typed at the terminal reaches it as the end of its input only.
final class PipedProcess: Sendable {
    private let identifier: pid_t
    private let socket: Int32

    /// Starts a program found on the PATH.
    ///
    /// - Throws: ``MissingTool`` when it cannot be started.
    init(_ command: [String]) throws {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw MissingTool(description: "no socket for a program")
        }
        defer { close(ends[1]) }
        do {
            identifier = try Self.spawn(command, socket: ends[1])
            socket = ends[0]
        } catch {
            close(ends[0])
            throw error
        }
    }

    /// Ends the input and waits for the end of the program.
    deinit {
        close(socket)
        waitpid(identifier, nil, 0)
    }

    /// Writes one line; lost when the program has ended.
    func writeLine(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Ends the program's standard input.
    func endInput() { shutdown(socket, Int32(SHUT_WR)) }

    /// Reads the output up to a line end, or to its end: then `nil`, unless a part of a line came.
    func readLine() -> String? {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(socket, &byte, 1) == 1 {
            guard byte != UInt8(ascii: "\n") else { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the output to its end, as lines.
    func readAll() -> String {
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        return lines.joined(separator: "\n")
    }

    /// Reads the output to its end, as it is.
    func readToEnd() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(socket, &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// Waits for the end of the program, which must have ended its output.
    ///
    /// - Returns: Its exit code; nil when a signal ended it.
    func exitCode() -> Int32? {
        var information = siginfo_t()
        // WNOWAIT: deinit collects it.
        guard waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) == 0,
            information.si_code == Int32(CLD_EXITED)
        else { return nil }
        return information._sifields._sigchld.si_status
    }

    /// Waits for the end of the program, which must have ended its output.
    ///
    /// - Returns: Whether it ended with status 0.
    func succeeded() -> Bool { exitCode() == 0 }

    private static func spawn(_ command: [String], socket: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream: Int32 in 0...2 { posix_spawn_file_actions_adddup2(&actions, socket, stream) }
        var attributes = unblockedSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var identifier: pid_t = 0
        let name = command.first ?? ""
        guard posix_spawnp(&identifier, name, &actions, &attributes, &arguments, environ) == 0
        else { throw MissingTool(description: "\(name) could not be started") }
        return identifier
    }

    /// A worker thread may block or ignore signals, which a child would inherit.
    private static func unblockedSignals() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        return attributes
    }
}
