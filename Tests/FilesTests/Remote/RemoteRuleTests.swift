// SPDX-License-Identifier: Apache-2.0
import Common
import Testing

@testable import Files

/// What is decided about servers without asking one.
struct RemoteRuleTests {
    @Test(arguments: [
        ("", ".", ""), ("/", "/", ""), ("a/b", "a/b", "a/b"), ("/srv//x/", "/srv/x", "srv/x"),
        ("./a/./é 1%", "a/é 1%", "a/%C3%A9%201%25"),
    ])
    func `a path is read and escaped`(text: String, path: String, escaped: String) throws {
        let found = try RemotePath(base: text)
        #expect(found.text == path)
        #expect(found.escaped == escaped)
    }

    @Test(arguments: ["..", "a/../b", "/..", "a\nb", "a\u{7F}", "a\0"])
    func `a path that leads out or carries commands is refused`(text: String) {
        #expect(throws: FilesError.self) { try RemotePath(base: text) }
        #expect(throws: FilesError.self) { try RemotePath(base: "in").appending(text) }
    }

    @Test(arguments: [
        ("-rw-r--r--    1 feed feed      399 Nov 30 14:40 a b.csv", "a b.csv", "-"),
        ("drwxr-xr-x    2 0 0 4096 Nov 30  2025 in", "in", "d"),
        ("lrwxrwxrwx    1 x y 1 Jan  1 00:00 l -> a.csv", "l -> a.csv", "l"),
    ])
    func `a line of a long listing tells kind and name`(line: String, name: String, kind: String) {
        let found = SFTPDialect.kind(line)
        #expect(found?.0 == name)
        #expect(found?.1 == Character(kind))
    }

    @Test(arguments: ["", "total 8", "drwx 1 a", "garbage"])
    func `a line that is none tells nothing`(line: String) {
        #expect(SFTPDialect.kind(line) == nil)
        #expect(FileFacts(line)?.file == nil)
    }

    @Test func `a line for programs tells a file with length and moment`() {
        let line = "Modify=20240229235959.5;size=1234;Type=FILE; a;b c.csv"
        let file = FileFacts(line)?.file
        #expect(file?.name == "a;b c.csv")
        #expect(file?.size == 1_234)
        #expect(file?.modified == Instant(seconds: 1_709_251_199))
        #expect(FileFacts("type=dir;modify=20240101000000; in")?.file == nil)
        #expect(FileFacts("type=cdir; .") == nil)
        #expect(FileFacts("type=file; a/../b") == nil)
        #expect(FileFacts.moment("20230229000000") == nil)
    }

    @Test(arguments: [
        ("*", "any.example", true), ("a.example", "A.example", true),
        ("a.example", "b.a.example", false), ("*.a.example", "b.a.example", true),
        ("*.a.example", "a.example", false), ("*.a.example", "xa.example", false),
        ("10.0.0.1", "10.0.0.2", false),
    ])
    func `an operator's list allows servers by name`(
        pattern: String,
        host: String,
        isAllowed: Bool
    ) {
        #expect(AllowedHosts([pattern]).contains(host) == isAllowed)
        #expect(!AllowedHosts([]).contains(host))
    }

    @Test func `a server that the operator does not allow is refused`() {
        let kind = SFTPKind(allowedHosts: AllowedHosts(["a.example"]))
        #expect(throws: Never.self) { try kind.check(.sftp(host: "a.example", user: "u")) }
        #expect(throws: FilesError.self) { try kind.check(.sftp(host: "127.0.0.1", user: "u")) }
    }

    @Test func `a refusal that repeats a password is shown without it`() {
        let exchange = RemoteExchange(hostKeys: [], stall: 1)
        let reply = Array("530-no s3cret\r\n530 s3cret is wrong\r\n".utf8)
        for line in reply.split(separator: 10) {
            Array(line).withUnsafeBytes { exchange.noteReply($0) }
        }
        #expect(exchange.refusal?.text == "no s3cret s3cret is wrong")
        let proof = LoginProof(password: "s3cret")
        #expect(proof.redacted("no s3cret!") == "no (secret)!")
        #expect("\(proof)" == "(secret)" && String(reflecting: proof) == "(secret)")
        #expect("\(LocationSecrets(["password": "s3cret"]))" == "(secrets)")
        var dumped = ""
        dump(LocationSecrets(["password": "s3cret"]), to: &dumped)
        #expect(!dumped.contains("s3cret"))
    }

    @Test func `a key is named as OpenSSH names it`() {
        let blob: [UInt8] =
            [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32]
            + Array(repeating: 7, count: 32)
        let key = blob.withUnsafeBytes { HostKey($0) }
        #expect(key.kind == "ssh-ed25519")
        #expect(key.fingerprint.hasPrefix("SHA256:") && key.fingerprint.utf8.count == 50)
    }
}
