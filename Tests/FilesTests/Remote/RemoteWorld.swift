// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation
import TestSupport

@testable import Files

/// A server of files, and access to it as a location has it.
struct RemoteWorld {
    let server: FileServer
    let folder: TemporaryFolder
    let spool: Spool

    init(_ kind: FileServer.Kind, _ traits: FileServer.Trait...) throws {
        server = try FileServer(kind, traits: traits)
        folder = try TemporaryFolder()
        spool = try Spool(root: folder("spool"))
    }

    /// Access with what is right, unless told otherwise.
    func access(
        _ kind: FileServer.Kind,
        host: String = "127.0.0.1",
        path: String = "",
        failpoints: Failpoints = .none,
        token: UInt64 = 7,
        settings change: [String: String?] = [:],
        secrets: [String: String]? = nil
    ) throws -> any LocationAccess {
        var settings = try location(kind, host: host, path: path).settings
        for (name, value) in change { settings[name] = value }
        let isSFTP = kind == .sshd || kind == .sftp
        let location = Location(kind: isSFTP ? "sftp" : "ftps", settings: settings)
        let given = LocationSecrets(try secrets ?? self.secrets(kind))
        let randomness = FixedRandomness(bits: token)
        let limits = RemoteLimits(connect: 10, stall: 30)
        let place: any LocationKind =
            isSFTP
            ? SFTPKind(limits: limits, randomness: randomness, failpoints: failpoints)
            : FTPSKind(limits: limits, randomness: randomness, failpoints: failpoints)
        return try place.access(to: location, workspace: WorkspaceID(1), secrets: given)
    }

    func location(_ kind: FileServer.Kind, host: String, path: String) throws -> Location {
        switch kind {
        case .sshd, .sftp:
            .sftp(
                host: host,
                port: server.port,
                user: server.user,
                path: path,
                hostKey: server.fingerprint
            )
        case .ftps, .implicitFTPS, .plainFTPS:
            .ftps(
                host: host,
                port: server.port,
                user: server.user,
                path: path,
                isImplicit: kind == .implicitFTPS,
                authority: try server.made("authority.pem")
            )
        }
    }

    func secrets(_ kind: FileServer.Kind) throws -> [String: String] {
        kind == .sshd
            ? ["privateKey": try server.made("user")] : ["password": FileServer.password]
    }

    /// The names in the served folder, hidden ones too.
    func names(_ path: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: server.root + "/" + path).sorted()
    }

    func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(server.root)/\(name)")))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let url = URL(fileURLWithPath: "\(server.root)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: url)
    }

    /// What fetching a file gives.
    func fetch(_ path: String, _ access: any LocationAccess) throws -> [UInt8] {
        let writer = try spool.create(.fetched, name: "x")
        defer { writer.abandon() }
        try access.fetch(path, into: writer)
        let file = try writer.finish()
        defer { try? spool.remove(file) }
        var bytes: [UInt8] = []
        try spool.read(file) { chunk in
            bytes += chunk
            return true
        }
        return bytes
    }

    /// The words of the error that something ends with.
    func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing failed"
        } catch {
            return "\(error)"
        }
    }
}

/// Always the same bits.
struct FixedRandomness: Randomness {
    let bits: UInt64
    func next() -> UInt64 { bits }
}
