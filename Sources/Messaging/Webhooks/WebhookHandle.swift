// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Common
import Glibc

/// A libcurl easy handle for one POST; used by one thread.
final class WebhookHandle {
    private let handle: UnsafeMutableRawPointer
    private let gate: WebhookGate
    private let errorText: UnsafeMutablePointer<CChar>

    init(timeLimit: Span, gate: WebhookGate) throws {
        guard Self.started == CURLE_OK, let handle = curl_easy_init() else {
            throw MessagingError.setting(name: "HTTP library", problem: "could not be started")
        }
        self.handle = handle
        self.gate = gate
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        configure(milliseconds: Int(max(1, timeLimit.microseconds / 1_000)))
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    private static let started = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    private func configure(milliseconds: Int) {
        // A proxy of the environment would resolve the name, unjudged.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_USERAGENT, "millrace")
        millrace_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        millrace_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        millrace_curl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds)
        millrace_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        let context = Unmanaged.passUnretained(gate).toOpaque()
        millrace_curl_set_opener(handle, openSocket, context)
        millrace_curl_set_write(handle, takeAnswer, context)
    }

    func post(_ body: [UInt8], to url: String, headers: [String]) -> WebhookAnswer {
        set(CURLOPT_URL, url)
        var list: UnsafeMutablePointer<curl_slist>?
        for header in headers { list = curl_slist_append(list, header) }
        defer { curl_slist_free_all(list) }
        millrace_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
        millrace_curl_set_long(handle, CURLOPT_POST, 1)
        millrace_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        let code = body.withUnsafeBufferPointer { bytes in
            millrace_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            return curl_easy_perform(handle)
        }
        return answer(code)
    }

    /// An answer that is longer than anyone reads is one too.
    private func answer(_ code: CURLcode) -> WebhookAnswer {
        var status = 0
        millrace_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        let isCut = code == CURLE_WRITE_ERROR && gate.isFull
        if code == CURLE_OK || isCut { return .status(status) }
        if gate.hasRefused { return .refused }
        let own = String(cString: errorText)
        return .failed(own.isEmpty ? String(cString: curl_easy_strerror(code)) : own)
    }

    private func set(_ option: CURLoption, _ value: String) {
        millrace_curl_set_string(handle, option, value)
    }
}

/// Decides to which addresses a connection may be opened, and how much of an answer is read.
final class WebhookGate {
    private static let longestAnswer = 65_536

    private let allowsInside: Bool
    private var taken = 0
    /// Whether an address was refused.
    private(set) var hasRefused = false
    /// Whether more came than is read.
    var isFull: Bool { taken > WebhookGate.longestAnswer }

    init(allowsInside: Bool) { self.allowsInside = allowsInside }

    func admits(_ address: TargetAddress) -> Bool {
        let isAdmitted =
            switch address.reach {
            case .open: true
            case .inside: allowsInside
            case .never: false
            }
        if !isAdmitted { hasRefused = true }
        return isAdmitted
    }

    /// Counts what came; false when it is enough.
    func take(_ count: Int) -> Bool {
        taken += count
        return !isFull
    }
}

extension TargetAddress {
    /// The address of a socket; empty, which goes nowhere, for other families.
    init(_ socket: UnsafeMutablePointer<curl_sockaddr>) {
        let raw = UnsafeRawPointer(socket)
            .advanced(by: MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        switch socket.pointee.family {
        case AF_INET:
            let part = raw.advanced(by: MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 0)
            self.init(Array(UnsafeRawBufferPointer(start: part, count: 4)))
        case AF_INET6:
            let part = raw.advanced(by: MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 0)
            self.init(Array(UnsafeRawBufferPointer(start: part, count: 16)))
        default: self.init([])
        }
    }
}

/// Opens a socket to an address that the gate admits.
private func openSocket(
    context: UnsafeMutableRawPointer?,
    purpose: curlsocktype,
    address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context, let address else { return -1 }
    let gate = Unmanaged<WebhookGate>.fromOpaque(context).takeUnretainedValue()
    guard gate.admits(TargetAddress(address)) else { return -1 }
    let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, kind, address.pointee.protocol)
}

/// Reads an answer's body, which nobody looks at, up to a limit.
private func takeAnswer(
    bytes: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let gate = Unmanaged<WebhookGate>.fromOpaque(context).takeUnretainedValue()
    return gate.take(size * count) ? size * count : 0
}
