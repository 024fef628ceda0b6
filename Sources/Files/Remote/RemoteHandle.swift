// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Glibc

/// A libcurl easy handle that speaks with one server, and keeps its connection between calls.
///
/// Not to be used by two threads at once; ``RemoteSession`` sees to that.
final class RemoteHandle {
    private let server: RemoteServer
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private let end = ConnectionEnd()
    /// The private key, in memory only: libcurl takes it from a file.
    private let keyFile: OpenFile?

    init(_ server: RemoteServer) throws {
        guard Self.started == CURLE_OK, let handle = curl_easy_init() else {
            throw FilesError.system(subject: server.name, action: "reached", code: ENOMEM)
        }
        self.server = server
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        keyFile = try server.proof.privateKey.map { try OpenFile(inMemory: Array($0.utf8)) }
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    private static let started = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Makes a call.
    ///
    /// - Returns: What the server said of the file, for ``RemoteRequest/Transfer/status``.
    /// - Throws: ``FilesError/remote(_:)``, or what sink or source threw.
    func perform(_ request: RemoteRequest, _ exchange: RemoteExchange) throws -> RemoteStatus {
        curl_easy_reset(handle)
        errorText.pointee = 0
        configure(request)
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        millrace_curl_set_write(handle, takeContent, context)
        millrace_curl_set_read(handle, giveContent, context)
        millrace_curl_set_header(handle, noteAnswer, context)
        millrace_curl_set_debug(handle, noteDialogue, context)
        millrace_curl_set_progress(handle, noteProgress, context)
        millrace_curl_set_started(handle, noteStart, context)
        millrace_curl_set_host_key(handle, checkHostKey, context)
        end.wasCut = false
        let ending = Unmanaged.passUnretained(end).toOpaque()
        millrace_curl_set_closer(handle, closeConnection, ending)
        let commands = request.commands.reduce(nil) { curl_slist_append($0, $1) }
        defer { curl_slist_free_all(commands) }
        if let commands { millrace_curl_set_pointer(handle, CURLOPT_QUOTE, commands) }
        let code = withExtendedLifetime(exchange) { curl_easy_perform(handle) }
        if let failure = exchange.failure { throw failure }
        guard code == CURLE_OK else {
            let verdict = RemoteVerdict(
                server: server,
                path: request.path,
                code: code,
                words: words(code),
                exchange: exchange,
                wasCut: end.wasCut
            )
            throw verdict.error(isConnected: isConnected, isResolved: isResolved)
        }
        return status
    }

    private func configure(_ request: RemoteRequest) {
        let path = server.dialect.addressPath(request.path)
        let isOpen = request.isFolder && !path.isEmpty && path.utf8.last != UInt8(ascii: "/")
        set(CURLOPT_URL, server.address(path + (isOpen ? "/" : "")))
        set(CURLOPT_PROTOCOLS_STR, server.dialect.protocols)
        // The environment's proxies are meant for web pages; .netrc is somebody else's.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_VERBOSE, 1)
        set(CURLOPT_NOPROGRESS, 0)
        set(CURLOPT_CONNECTTIMEOUT_MS, server.limits.connect * 1_000)
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, server.limits.stall)
        set(CURLOPT_BUFFERSIZE, 1 << 19)
        set(CURLOPT_UPLOAD_BUFFERSIZE, 1 << 20)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_USERNAME, server.user)
        if let password = server.proof.password { set(CURLOPT_PASSWORD, password) }
        if let keyFile { set(CURLOPT_SSH_PRIVATE_KEYFILE, "/proc/self/fd/\(keyFile.number)") }
        if let passphrase = server.proof.passphrase { set(CURLOPT_KEYPASSWD, passphrase) }
        server.dialect.configure(self, server)
        configure(request.transfer)
    }

    private func configure(_ transfer: RemoteRequest.Transfer) {
        switch transfer {
        case .none: set(CURLOPT_NOBODY, 1)
        case .status:
            set(CURLOPT_NOBODY, 1)
            set(CURLOPT_FILETIME, 1)
        case .list(let command, let namesOnly):
            if let command { set(CURLOPT_CUSTOMREQUEST, command) }
            if namesOnly { set(CURLOPT_DIRLISTONLY, 1) }
        case .download(let position):
            millrace_curl_set_offset(handle, CURLOPT_RESUME_FROM_LARGE, Int(position))
        case .upload(let bytes, let appends):
            set(CURLOPT_UPLOAD, 1)
            if appends { set(CURLOPT_APPEND, 1) }
            millrace_curl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, Int(bytes))
        }
    }

    /// Sets an option to a number.
    func set(_ option: CURLoption, _ value: Int) {
        millrace_curl_set_long(handle, option, value)
    }

    /// Sets an option to a text, which is copied.
    func set(_ option: CURLoption, _ value: String) {
        millrace_curl_set_string(handle, option, value)
    }

    /// Sets an option to bytes, which are copied.
    func set(_ option: CURLoption, bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { buffer in
            millrace_curl_set_blob(handle, option, buffer.baseAddress, buffer.count)
        }
    }

    private var status: RemoteStatus {
        var modified = -1
        millrace_curl_get_long(handle, CURLINFO_FILETIME, &modified)
        let size = number(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
        return RemoteStatus(
            size: size < 0 ? nil : size,
            modified: modified < 0 ? nil : Int64(modified)
        )
    }

    private var isConnected: Bool { number(CURLINFO_CONNECT_TIME_T) > 0 }
    private var isResolved: Bool { number(CURLINFO_NAMELOOKUP_TIME_T) > 0 }

    private func number(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        millrace_curl_get_offset(handle, info, &value)
        return Int64(value)
    }

    private func words(_ code: CURLcode) -> String {
        let own = String(cString: errorText)
        return own.isEmpty ? String(cString: curl_easy_strerror(code)) : own
    }
}

extension OpenFile {
    /// A file without a name that lies in memory.
    convenience init(inMemory content: [UInt8]) throws {
        let number = millrace_memory_file()
        guard number >= 0 else { throw FilesError.last("a key in memory", "made") }
        self.init(number: number, subject: "a key in memory")
        try content.withUnsafeBytes { try write($0) }
    }
}
