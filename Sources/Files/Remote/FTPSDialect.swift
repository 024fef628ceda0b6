// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Common

/// FTP whose commands and data are protected by TLS (RFC 4217).
struct FTPSDialect: RemoteDialect {
    /// Whether TLS begins with the first byte, instead of by the command `AUTH TLS`.
    let isImplicit: Bool
    /// Whether TLS 1.3 is spoken too.
    ///
    /// Servers want the session of the command connection on each data connection. In 1.3 a session
    /// can be shown once, and libcurl gets no new one while it only writes: then each call
    /// needs a connection of its own.
    let isNewest: Bool

    var scheme: String { isImplicit ? "ftps" : "ftp" }
    var protocols: String { "ftp,ftps" }

    func configure(_ handle: RemoteHandle, _ server: RemoteServer) {
        // Without protection of commands and data there is no login.
        handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        handle.set(CURLOPT_FTPSSLAUTH, Int(CURLFTPAUTH_TLS.rawValue))
        let most = isNewest ? CURL_SSLVERSION_MAX_TLSv1_3 : CURL_SSLVERSION_MAX_TLSv1_2
        handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2) | Int(most))
        if isNewest { handle.set(CURLOPT_FRESH_CONNECT, 1) }
        handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        // Commands carry whole paths, so that nothing depends on a current folder.
        handle.set(CURLOPT_FTP_FILEMETHOD, Int(CURLFTPMETHOD_NOCWD.rawValue))
        // The server cannot send the data elsewhere (RFC 2577).
        handle.set(CURLOPT_FTP_SKIP_PASV_IP, 1)
        guard let authority = server.authority else { return }
        handle.set(CURLOPT_CAINFO_BLOB, bytes: Array(authority.utf8))
    }

    /// A path from the root begins with `%2F` (RFC 1738 section 3.2.2).
    func addressPath(_ path: RemotePath) -> String {
        (path.isAbsolute ? "%2F" : "") + path.escaped
    }

    /// Paths are relative to the folder of the login by themselves.
    func home(_ session: RemoteSession) throws -> RemotePath? {
        try session.command(["NOOP"])
        return RemotePath(isAbsolute: false, components: [])
    }

    func rename(_ source: RemotePath, _ target: RemotePath) -> [String] {
        ["RNFR \(source.text)", "RNTO \(target.text)"]
    }

    func remove(_ path: RemotePath) -> String { "DELE \(path.text)" }

    func makeFolder(_ path: RemotePath) -> String { "*MKD \(path.text)" }

    /// Some servers answer with whole paths.
    func names(in folder: RemotePath, _ session: RemoteSession) throws -> [String] {
        do {
            return try facts(folder, session).map(\.name)
        } catch FilesError.remote(let failure) where FTPSDialect.isUnknownCommand(failure) {
            return try plainNames(folder, session)
        }
    }

    func list(_ folder: RemotePath, _ session: RemoteSession) throws -> [RemoteFile] {
        do {
            return try facts(folder, session).compactMap(\.file)
        } catch FilesError.remote(let failure) where FTPSDialect.isUnknownCommand(failure) {
            return try plainNames(folder, session).compactMap { name in
                guard let path = try? folder.appending(name), path.name == name,
                    let status = try session.status(path), status.size != nil
                else { return nil }
                return RemoteFile(name: name, status)
            }
        }
    }

    /// Asked for by appending a few bytes more.
    ///
    /// A server that closes the data connection in the middle says why on the other one, which
    /// libcurl no longer reads then. To the few bytes it says the same again, in time.
    func refusal(of file: RemotePath, _ session: RemoteSession) -> String? {
        var rest = 1 << 14
        do {
            try session.upload(Int64(rest), to: file, appends: true) { buffer in
                let count = min(rest, buffer.count)
                buffer.copyBytes(from: repeatElement(0, count: count))
                rest -= count
                return count
            }
        } catch FilesError.remote(let failure) where failure.step == .files {
            return failure.reason
        } catch {}
        return nil
    }

    private func facts(_ folder: RemotePath, _ session: RemoteSession) throws -> [FileFacts] {
        try session.lines(folder, command: "MLSD").compactMap { FileFacts($0) }
    }

    private func plainNames(_ folder: RemotePath, _ session: RemoteSession) throws -> [String] {
        try session.lines(folder, namesOnly: true).map { line in
            FileName.split(line).last ?? line
        }
    }

    /// RFC 959 section 4.2: 500, 502 and 504 say that a command is not there.
    private static func isUnknownCommand(_ failure: RemoteFailure) -> Bool {
        ["500", "502", "504"].contains(failure.reason.prefix(3))
    }
}

/// A line of a listing that is made for programs (RFC 3659 section 7).
struct FileFacts {
    /// The name, without the folder.
    let name: String
    private let facts: [String: String]

    /// Reads a line such as `type=file;size=399;modify=20261130144000; a b.csv`.
    init?(_ line: String) {
        guard let blank = line.firstIndex(of: " ") else { return nil }
        let name = String(line[line.index(after: blank)...])
        guard (try? FileName.check(name)) != nil else { return nil }
        self.name = name
        let pairs = line[..<blank].split(separator: ";").compactMap { fact -> (String, String)? in
            let parts = fact.split(separator: "=", maxSplits: 1).map(String.init)
            return parts.count == 2 ? (parts[0].lowercased(), parts[1]) : nil
        }
        facts = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The file; nil when it is a folder or a link.
    var file: RemoteFile? {
        guard facts["type"]?.lowercased() == "file" else { return nil }
        return RemoteFile(
            name: name,
            size: facts["size"].flatMap { Int64($0) } ?? 0,
            modified: facts["modify"].flatMap(FileFacts.moment) ?? Instant(microseconds: 0)
        )
    }

    /// A moment such as `20261130144000` or `20261130144000.123`, in UTC.
    static func moment(_ text: String) -> Instant? {
        let digits = Array(text.utf8.prefix(14))
        guard digits.count == 14, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        func number(_ range: Range<Int>) -> Int {
            digits[range].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        let day = Day(year: number(0..<4), month: number(4..<6), day: number(6..<8))
        guard let midnight = day?.utcMidnight else { return nil }
        let seconds = number(8..<10) * 3_600 + number(10..<12) * 60 + number(12..<14)
        return midnight + .seconds(Int64(seconds))
    }
}
