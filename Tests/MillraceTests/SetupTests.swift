// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What scripts/setup.sh leaves on a machine; apt-get and dpkg are stand-ins, the system a folder.
struct SetupTests {
    private static let policy = "usr/sbin/policy-rc.d"

    /// A machine on which everything is missing until there is a file `installed`.
    private struct Machine {
        let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            for name in ["bin", "system/usr/sbin"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path(name),
                    withIntermediateDirectories: true
                )
            }
            try program("swift", "echo 'Swift version 6.3.1'")
            try program("id", "echo 0")
            try program(
                "dpkg-query",
                "if [ -e '\(folder.path)/installed' ]; then printf installed; fi"
            )
            try program(
                "apt-get",
                """
                case $* in *install*) ;; *) exit 0 ;; esac
                printf '%s\\n' "$@" >'\(folder.path)/asked'
                cat '\(folder.path)/system/\(SetupTests.policy)' >'\(folder.path)/seen'
                [ -z "${STRUCK:-}" ] || kill -s "$STRUCK" $PPID
                """
            )
        }

        private func program(_ name: String, _ script: String) throws {
            // By another program: what is started elsewhere meanwhile may keep a file of this one open
            // for writing, and such a file cannot be run.
            let text = try folder.write("#!/bin/sh\n\(script)\n", to: "\(name).text")
            try SystemProgram.output(["install", "-m", "755", text, folder.path("bin/\(name)")])
        }

        /// Runs the script; a signal strikes it in the midst of the installation, if one is given.
        func setUp(struckBy signal: String? = nil) async throws -> RunningProgram.Ended {
            // A shell cannot trap what was ignored when it began, as in the background of another.
            let script = try RunningProgram(
                "/usr/bin/env",
                [
                    "--default-signal=INT,HUP", "\(Scratch.repository)/scripts/setup.sh",
                    "--sqlite",
                ],
                environment: [
                    "PATH": "\(folder.path)/bin:/usr/bin:/bin", "STRUCK": signal ?? "",
                    "MILLRACE_SETUP_SYSTEM": "\(folder.path)/system",
                ],
                workingFolder: folder.path,
                scratch: folder.path
            )
            return try await script.end()
        }

        func text(_ name: String) -> String? {
            try? String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
        }

        /// The files of the system.
        var files: [String] { Scratch.files(below: "\(folder.path)/system") }
    }

    @Test(arguments: [("", 0), ("INT", 130), ("HUP", 129), ("TERM", 143)])
    func `no rule against servers outlives an installation, whatever ends it`(
        signal: String,
        code: Int32
    ) async throws {
        let machine = try Machine()
        let ended = try await machine.setUp(struckBy: signal)
        #expect(ended.code == code, "\(ended.error)")
        #expect(machine.text("seen")?.contains("exit 101") == true)
        #expect(machine.files.isEmpty)
    }

    @Test func `what a killed run left is taken away by the next, also when nothing is missing`()
        async throws
    {
        let machine = try Machine()
        let struck = try await machine.setUp(struckBy: "KILL")
        #expect(struck.signal == SIGKILL, "\(struck.error)")
        #expect(machine.files.contains(Self.policy))
        _ = try machine.folder.write("", to: "installed")
        let next = try await machine.setUp()
        #expect(next.code == 0, "\(next.error)")
        #expect(machine.files.isEmpty)
    }

    @Test func `a rule of the machine's owner stays as it is`() async throws {
        let machine = try Machine()
        _ = try machine.folder.write("#!/bin/sh\nexit 0\n", to: "system/\(Self.policy)")
        #expect(try await machine.setUp().code == 0)
        #expect(machine.text("system/\(Self.policy)") == "#!/bin/sh\nexit 0\n")
        #expect(machine.files == [Self.policy])
    }

    @Test func `certificates of authorities are installed, without which nothing is fetched`()
        async throws
    {
        let machine = try Machine()
        #expect(try await machine.setUp().code == 0)
        #expect(machine.text("asked")?.contains("ca-certificates\n") == true)
    }
}
