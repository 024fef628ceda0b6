// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Common

/// SFTP, the file transfer of SSH in its version 3 (draft-ietf-secsh-filexfer-02).
struct SFTPDialect: RemoteDialect {
    var scheme: String { "sftp" }
    var protocols: String { "sftp" }

    func configure(_ handle: RemoteHandle, _ server: RemoteServer) {
        // Never what an agent or the program's own user has lying around.
        let ways =
            server.proof.privateKey != nil
            ? CURLSSH_AUTH_PUBLICKEY : CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD
        handle.set(CURLOPT_SSH_AUTH_TYPES, Int(ways))
    }

    func addressPath(_ path: RemotePath) -> String { (path.isAbsolute ? "" : "~/") + path.escaped }

    /// Asked for by `pwd`.
    ///
    /// With an address that ends in `~/` libcurl answers `257 "/home/feed/" is current directory.`
    func home(_ session: RemoteSession) throws -> RemotePath? {
        let answer = try session.command(["pwd"])
        guard let first = answer.firstIndex(of: "\""), let last = answer.lastIndex(of: "\""),
            first < last
        else { return nil }
        return try RemotePath(base: String(answer[answer.index(after: first)..<last]))
    }

    func rename(_ source: RemotePath, _ target: RemotePath) -> [String] {
        ["rename \(quoted(source)) \(quoted(target))"]
    }

    func remove(_ path: RemotePath) -> String { "rm \(quoted(path))" }

    func makeFolder(_ path: RemotePath) -> String { "*mkdir \(quoted(path))" }

    func names(in folder: RemotePath, _ session: RemoteSession) throws -> [String] {
        try session.lines(folder, namesOnly: true)
    }

    /// Length and moment are asked for one by one.
    ///
    /// Version 3 has no listing that programs can rely on: the long one is meant for people (section
    /// 7). It tells what is a folder.
    func list(_ folder: RemotePath, _ session: RemoteSession) throws -> [RemoteFile] {
        let kinds = Dictionary(
            try session.lines(folder).compactMap(SFTPDialect.kind),
            uniquingKeysWith: { first, _ in first }
        )
        return try names(in: folder, session).compactMap { name in
            guard name != ".", name != "..", kinds[name, default: "-"] == "-",
                let path = try? folder.appending(name), path.name == name,
                let status = try session.status(path)
            else { return nil }
            return RemoteFile(name: name, status)
        }
    }

    /// Version 3 has no status for it (section 7); OpenSSH tells the space that is left.
    func refusal(of file: RemotePath, _ session: RemoteSession) -> String? {
        let question = "statvfs \(quoted(file.folder))"
        guard let answer = try? session.command([question]) else { return nil }
        let free = answer.split(separator: "\n").first { $0.hasPrefix("f_bavail:") }
        guard let free, Int64(free.split(separator: " ").last ?? "") == 0 else { return nil }
        return "its disk is full"
    }

    /// Kind and name in a line such as `-rw-r--r--    1 feed feed 399 Nov 30 14:40 a b.csv`.
    static func kind(_ line: String) -> (String, Character)? {
        var rest = Substring(line)
        for _ in 0..<8 {
            guard let blank = rest.firstIndex(of: " ") else { return nil }
            rest = rest[blank...].drop { $0 == " " }
        }
        guard let kind = line.first, !rest.isEmpty else { return nil }
        return (String(rest), kind)
    }

    /// libcurl's commands take a path in quotes with `\` before what is special in them.
    private func quoted(_ path: RemotePath) -> String {
        "\"" + path.text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

extension RemoteFile {
    /// A file as a server describes it; what it does not tell is 0.
    init(name: String, _ status: RemoteStatus) {
        self.init(
            name: name,
            size: status.size ?? 0,
            modified: Instant(microseconds: (status.modified ?? 0) * 1_000_000)
        )
    }
}
