// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Common
import Database
import Exports
import Files
import Foundation
import Imports
import Millrace
import Tasks
import TestSupport
import Testing

/// Exports that deliver to real servers and imports that fetch from them, with sealed secrets.
@Suite struct RemoteLocationTests {
    @Test(arguments: [FileServer.Kind.sshd, .ftps])
    func `an export delivers file and manifest, and an import fetches and puts away`(
        kind: FileServer.Kind
    ) async throws {
        let home = try await RemoteHome(kind)
        let task = try await home.export()
        #expect(task.status == .completed, "\(task.outcome ?? "") \(task.failure ?? "")")
        #expect(try home.delivered() == ["people.csv", "people.csv.manifest.json"])
        try home.drop("user_id,email\nU1,a@people.test\n", as: "in/people.csv")
        try home.drop("", as: "in/people.csv.done")
        let imported = try await home.importFile()
        #expect(imported.status == .completed, "\(imported.outcome ?? "")")
        #expect(try home.names("in") == ["processed"])
        #expect(try home.names("in/processed") == ["people.csv"])
        let report = try ExportVerifier().verify(folder: home.server.root)
        #expect(report.gap == nil && report.manifests == 1)
    }

    @Test(arguments: [FileServer.Kind.sshd, .ftps])
    func `a file that grows is waited for, by its length on the server`(
        kind: FileServer.Kind
    ) async throws {
        let home = try await RemoteHome(kind)
        try home.drop("user_id,email\nU1,a@people.test\n", as: "in/people.csv")
        let waiting = try await home.importFile(stablePause: 30)
        #expect(waiting.status == .new)
        #expect(waiting.waitReason?.contains("may still be growing") == true)
        home.time.advance(by: .seconds(31))
        #expect(try await home.attempt(waiting.id).status == .completed)
    }

    @Test(arguments: [FileServer.Kind.sshd, .ftps])
    func `a delivery that is cut is retried with pauses, then Fatal in words; nothing is visible`(
        kind: FileServer.Kind
    ) async throws {
        let home = try await RemoteHome(kind, through: true)
        home.proxy?.cut(.up, after: 0, times: 99)
        var task = try await home.export()
        var pauses: [Int64] = []
        while task.status == .new, task.attempts < 9 {
            #expect(task.failure?.contains("the server 127.0.0.2:") == true)
            pauses.append((task.runAt - home.time.now()).microseconds / 1_000_000)
            home.time.set(task.runAt)
            task = try await home.attempt(task.id)
        }
        #expect(pauses.count == 4 && pauses == pauses.sorted() && pauses[0] >= 30)
        #expect(task.status == .fatal)
        #expect(task.outcome?.contains("the server 127.0.0.2:") == true, "\(task.outcome ?? "")")
        #expect(try home.delivered().filter { !$0.hasPrefix(".") } == [])
        home.proxy?.pass()
        #expect(try await home.run().status == .completed)
        #expect(try home.delivered().prefix(2) == ["people-2.csv", "people-2.csv.manifest.json"])
        #expect(try home.delivered().suffix(2) == ["people.csv", "people.csv.manifest.json"])
        #expect(try ExportVerifier().verify(folder: home.server.root).gap == nil)
    }

    @Test(arguments: [FileServer.Kind.sftp, .ftps])
    func `a wrong password is Fatal at once for exports and imports, and is nowhere to be read`(
        kind: FileServer.Kind
    ) async throws {
        let home = try await RemoteHome(kind, secrets: ["password": "wr0ng-passw0rd"])
        let words = kind == .sftp ? "the server takes password" : "530 Login incorrect."
        for task in [try await home.export(), try await home.importFile()] {
            #expect(task.status == .fatal && task.attempts == 1)
            #expect(task.outcome?.contains("the login to the server 127.0.0.1:") == true)
            #expect(task.outcome?.contains(words) == true, "\(task.outcome ?? "")")
        }
        #expect(try await home.everything().contains("wr0ng-passw0rd") == false)
        #expect(try await home.everything().contains("host"))
    }

    @Test func `a changed host key stops deliveries and fetches with both fingerprints`()
        async throws
    {
        let home = try await RemoteHome(.sshd)
        #expect(try await home.export().status == .completed)
        let new = home.server.changeHostKey()
        home.time.advance(by: .days(1))
        for task in [try await home.run(), try await home.importFile()] {
            #expect(task.status == .fatal && task.attempts == 1)
            #expect(task.outcome?.contains(home.server.fingerprint) == true)
            #expect(task.outcome?.contains(new) == true)
        }
        try await home.trust(new)
        #expect(try await home.run().status == .completed)
    }

    @Test(arguments: [
        (FileServer.Kind.ftps, FileServer.Trait.expiredCertificate, "certificate has expired"),
        (.implicitFTPS, .strangerCertificate, "unable to get local issuer certificate"),
        (.ftps, .readOnly, "550 "), (.sshd, .readOnly, "Permission denied"),
    ])
    func `what will not pass by itself is Fatal at once`(
        kind: FileServer.Kind,
        trait: FileServer.Trait,
        words: String
    ) async throws {
        let home = try await RemoteHome(kind, traits: [trait])
        let task = try await home.export()
        #expect(task.status == .fatal && task.attempts == 1)
        #expect(task.outcome?.contains(words) == true, "\(task.outcome ?? "")")
    }

    @Test func `secrets are sealed, and forgotten with another server and with the location`()
        async throws
    {
        let home = try await RemoteHome(.ftps, secrets: ["password": "s3aled-passw0rd"])
        #expect(try await home.secretNames() == ["location-1-password"])
        #expect(try await home.everything().contains("s3aled-passw0rd") == false)
        try await home.change { $0["path"] = "elsewhere" }
        #expect(try await home.secretNames() == ["location-1-password"])
        try await home.change { $0["host"] = "thief.example" }
        #expect(try await home.secretNames() == [])
        let words = "has no password; give it one"
        #expect(try await home.export().outcome?.contains(words) == true)
    }
}
