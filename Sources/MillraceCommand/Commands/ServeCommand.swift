// SPDX-License-Identifier: Apache-2.0
import API
import ArgumentParser
import Foundation
import Logging
import Millrace
import Tasks

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract:
            "Run a node: the API, the console, schedules, imports, sends and exports, until a signal."
    )

    @Flag(help: "End as soon as nothing is due any more, for cron and for scripts.")
    var untilIdle = false

    @Option(help: "What this node does: api, console, worker; separated by commas.")
    var roles = Role.allCases.map(\.rawValue).joined(separator: ",")

    @Option(
        help: "Seconds that tasks may go on after the signal, until they reach a safe place."
    )
    var drainSeconds = 30

    @Option(
        help: "Where the node listens, HOST:PORT; MILLRACE_LISTEN or 127.0.0.1:8080 without it."
    )
    var listen: String?

    @Option(help: "The API's certificate chain, a PEM file; MILLRACE_TLS_CERTIFICATE without it.")
    var tlsCertificate: String?

    @Option(help: "The private key of the certificate, a PEM file; MILLRACE_TLS_KEY without it.")
    var tlsKey: String?

    @Option(
        help: "The address under which mails reach this server; MILLRACE_PUBLIC_URL without it."
    )
    var publicUrl: String?

    @Option(
        help:
            "Where pixels, links and unsubscribing listen, HOST:PORT; MILLRACE_PUBLIC_LISTEN without it."
    )
    var publicListen: String?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        do { _ = try Role.list(roles) } catch { throw ValidationError("\(error)") }
        guard drainSeconds >= 0 else { throw ValidationError("--drain-seconds is below zero.") }
    }

    func run() async throws {
        let session = try await common.session(logging: .info) { configuration in
            if let listen { try configuration.listen(at: listen) }
            if let tlsCertificate { configuration.api.certificateFile = tlsCertificate }
            if let tlsKey { configuration.api.keyFile = tlsKey }
            try configuration.reach(at: publicUrl, listeningAt: publicListen)
        }
        guard !untilIdle else {
            let upkeep = Upkeep(session.installation)
            try await upkeep.tick()
            try await upkeep.clear()
            try await session.installation.worker.runUntilIdle()
            return
        }
        session.output.note(
            "Millrace \(Installation.version) works on \(session.installation.configuration.database)."
        )
        let roles = try Role.list(self.roles)
        let first = roles.contains(.console) ? try await session.firstLink() : nil
        let server = Server(
            session.installation,
            roles: roles,
            drainLimit: .seconds(drainSeconds),
            onListening: { port in
                let place = session.address(port: port)
                if roles.contains(.api) { session.output.note("The API answers at \(place)/v1.") }
                guard roles.contains(.console) else { return }
                let configuration = session.installation.configuration
                let console = configuration.consoleURL ?? place
                session.output.note("The console is at \(console)/console/.")
                guard let first else { return }
                session.output.note(
                    "Nobody can sign in yet. Become the administrator, once, within three days: "
                        + "\(console)/console/welcome/\(first)"
                )
            },
            onPublicListening: { port in
                let listener = session.installation.configuration.publicListener
                let scheme = listener?.certificateFile == nil ? "http" : "https"
                let host = listener?.host ?? ""
                session.output.note("Links in mails are answered at \(scheme)://\(host):\(port).")
            }
        )
        if session.installation.configuration.publicURL == nil {
            session.output.note("Mails are not tracked: there is no MILLRACE_PUBLIC_URL.")
        }
        guard try await !server.run() else { return }
        // Threads of tasks that were put back still run: what ends a process in order would wait for
        // them or end under their feet.
        fflush(nil)
        _exit(0)
    }
}

extension Session {
    /// Where this node answers.
    func address(port: Int) -> String {
        let api = installation.configuration.api
        return "\(api.certificateFile == nil ? "http" : "https")://\(api.host):\(port)"
    }
}
