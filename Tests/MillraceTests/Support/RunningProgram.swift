// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import Glibc

/// A process of the real program, started by posix_spawn with an empty signal mask.
///
/// Its end is seen on a socket whose other end it holds: waiting needs no polling and no sleep.
final class RunningProgram: Sendable {
    let identifier: pid_t
    private let lifeline: Int32
    private let outputFile: String
    private let errorFile: String

    /// How a process ended.
    struct Ended: Sendable {
        /// The exit code; nil when a signal ended it.
        var code: Int32?
        /// The signal; nil when it ended by itself.
        var signal: Int32?
        var output: String
        var error: String
    }

    /// Starts an executable; what it prints goes to files in a scratch folder.
    init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String],
        workingFolder: String,
        scratch: String
    ) throws {
        let token = UUID().uuidString
        outputFile = "\(scratch)/\(token).out"
        errorFile = "\(scratch)/\(token).err"
        var ends: [Int32] = [0, 0]
        // Unlike a pipe's, its ends are closed at exec from their first moment.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw ProgramError(description: "no pair of sockets")
        }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, ends[1], ends[1] == 3 ? 4 : 3)
        let command = ["-C", workingFolder, executable] + arguments
        identifier = try Self.spawn("/usr/bin/env", command, environment, &actions)
        lifeline = ends[0]
    }

    deinit { close(lifeline) }

    /// Kills it as a power cut would: SIGKILL.
    func kill() { _ = Glibc.kill(identifier, SIGKILL) }

    /// Asks it to end: SIGTERM.
    func terminate() { _ = Glibc.kill(identifier, SIGTERM) }

    /// Waits for its end, at most a number of milliseconds; whether it has ended.
    func waitForEnd(atMost milliseconds: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var descriptor = pollfd(fd: self.lifeline, events: Int16(POLLIN), revents: 0)
                continuation.resume(returning: poll(&descriptor, 1, Int32(milliseconds)) != 0)
            }
        }
    }

    /// Waits for its end and collects it.
    func end() async throws -> Ended {
        _ = await waitForEnd(atMost: -1)
        var status: Int32 = 0
        guard waitpid(identifier, &status, 0) == identifier else {
            throw ProgramError(description: "the process is not ours to wait for")
        }
        let signal = status & 0x7f
        return Ended(
            code: signal == 0 ? (status >> 8) & 0xff : nil,
            signal: signal == 0 ? nil : signal,
            output: try String(contentsOfFile: outputFile, encoding: .utf8),
            error: try String(contentsOfFile: errorFile, encoding: .utf8)
        )
    }

    private static func spawn(
        _ executable: String,
        _ arguments: [String],
        _ environment: [String: String],
        _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        // The threads that tests run on block signals, and children inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] =
            ([executable] + arguments).map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + settings { free(word) } }
        var identifier: pid_t = 0
        let failure = posix_spawn(
            &identifier,
            executable,
            &actions,
            &attributes,
            &words,
            &settings
        )
        guard failure == 0 else {
            throw ProgramError(description: "\(executable): \(String(cString: strerror(failure)))")
        }
        return identifier
    }
}

/// Why a program could not be run.
struct ProgramError: Error, CustomStringConvertible {
    let description: String
}
