// SPDX-License-Identifier: Apache-2.0
import Common
import TestSupport
import Testing

@testable import Files

/// Who the server is and who logs in, step by step, with the words that a person reads.
struct RemoteTrustTests {
    @Test(arguments: RemoteAccessTests.all)
    func `a good location passes every step`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        #expect(
            try steps(world, world.access(kind)) == [
                "name: passed", "connect: passed", "handshake: passed", "login: passed",
                "list: passed", "write: passed", "rename: passed", "read: passed",
                "delete: passed",
            ]
        )
        #expect(try world.names() == [])
    }

    @Test func `a wrong password fails at the login, in the server's words, never the password`()
        throws
    {
        for kind in [FileServer.Kind.sftp, .ftps, .implicitFTPS] {
            let world = try RemoteWorld(kind)
            let access = try world.access(kind, secrets: ["password": "wrong-one"])
            let steps = try steps(world, access)
            let wanted =
                kind == .sftp
                ? "the server takes password" : "530 Login incorrect."
            #expect(steps[3].hasPrefix("login: failed, the login to the server 127.0.0.1:"))
            #expect(steps[3].contains(wanted), "\(steps[3])")
            #expect(!steps.joined().contains("wrong-one"))
            #expect(steps[4] == "list: not tried")
            #expect(isFinal { _ = try access.exists("x") })
        }
    }

    @Test func `a wrong key fails at the login`() throws {
        let world = try RemoteWorld(.sshd)
        let key = try world.server.made("stranger")
        let steps = try steps(world, world.access(.sshd, secrets: ["privateKey": key]))
        #expect(steps[2] == "handshake: passed")
        #expect(steps[3].contains("login: failed"), "\(steps[3])")
        #expect(steps[3].contains("the server takes publickey"), "\(steps[3])")
        #expect(!steps.joined().contains("PRIVATE"))
    }

    @Test func `a key that is not known yet is shown, and nothing is sent`() throws {
        let world = try RemoteWorld(.sshd)
        let access = try world.access(.sshd, settings: ["hostKey": nil])
        let steps = try steps(world, access)
        #expect(
            steps[2].hasSuffix(
                "its key is not known yet; it shows ssh-ed25519 \(world.server.fingerprint); compare"
                    + " this with what the server's operator says, then trust it"
            )
        )
        #expect(steps[3] == "login: not tried")
        #expect(shownKey { _ = try access.exists("x") } == world.server.fingerprint)
    }

    @Test(arguments: [FileServer.Kind.sshd, .sftp])
    func `a key that changed stops everything and says both`(kind: FileServer.Kind) throws {
        let world = try RemoteWorld(kind)
        try world.access(kind).putData([1], to: "a.csv")
        let new = world.server.changeHostKey()
        let access = try world.access(kind)
        let words = world.failure { try access.putData([2], to: "b.csv") }
        #expect(words.contains("its key has changed: known is \(world.server.fingerprint)"))
        #expect(words.contains("it shows ssh-ed25519 \(new); nothing was sent"))
        #expect(isFinal { try access.putData([2], to: "b.csv") })
        #expect(try world.names() == ["a.csv"])
        let both = "\(world.server.fingerprint) \(new)"
        try world.access(kind, settings: ["hostKey": both]).putData([2], to: "b.csv")
        #expect(try world.names() == ["a.csv", "b.csv"])
    }

    @Test(arguments: [
        (FileServer.Trait.expiredCertificate, "certificate has expired"),
        (.strangerCertificate, "unable to get local issuer certificate"),
    ])
    func `a certificate that cannot be trusted fails at the handshake`(
        trait: FileServer.Trait,
        words: String
    ) throws {
        for kind in [FileServer.Kind.ftps, .implicitFTPS] {
            let world = try RemoteWorld(kind, trait)
            let access = try world.access(kind)
            let steps = try steps(world, access)
            #expect(steps[1] == "connect: passed")
            #expect(steps[2].contains("handshake: failed"), "\(steps[2])")
            #expect(steps[2].contains(words), "\(steps[2])")
            #expect(isFinal { _ = try access.exists("x") })
        }
    }

    @Test func `without an authority of its own the system's are asked, which know it not`() throws
    {
        let world = try RemoteWorld(.ftps)
        let access = try world.access(.ftps, settings: ["authority": nil])
        #expect(try steps(world, access)[2].contains("SSL certificate problem"))
    }

    @Test func `a server that is not there is named with the step`() throws {
        let world = try RemoteWorld(.ftps)
        let address = try steps(world, world.access(.ftps, host: "127.0.0.3"))
        #expect(address[1].contains("connect: failed"), "\(address)")
        let steps = try steps(world, world.access(.ftps, host: "ip6-localhost.invalid"))
        #expect(steps[0].contains("name: failed, the name of the server ip6-localhost.invalid"))
        #expect(steps[1] == "connect: not tried")
    }

    @Test func `a server that is down fails at the connection and may be tried later`() throws {
        for kind in [FileServer.Kind.sshd, .ftps] {
            let world = try RemoteWorld(kind)
            world.server.stop()
            let access = try world.access(kind)
            #expect(try steps(world, access)[1].contains("connect: failed, no connection to"))
            #expect(!isFinal { _ = try access.exists("x") })
            world.server.start()
            try access.putData([1], to: "a.csv")
        }
    }

    private func steps(_ world: RemoteWorld, _ access: any LocationAccess) throws -> [String] {
        LocationTest(access, spool: world.spool, token: "t").run().map(\.sentence)
    }

    private func isFinal(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return false
        } catch {
            return (error as? FilesError)?.retryAdvice == .never
        }
    }

    private func shownKey(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch FilesError.remote(let failure) {
            return failure.shownKey
        } catch {
            return nil
        }
    }
}
