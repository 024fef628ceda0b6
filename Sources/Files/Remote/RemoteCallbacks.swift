// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Glibc

// What libcurl calls; each finds the exchange behind its context.

/// Takes content.
func takeContent(
    data: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let data, let exchange = exchange(context) else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
    return exchange.take(bytes) ? bytes.count : 0
}

/// Gives content.
func giveContent(
    buffer: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let buffer, let exchange = exchange(context) else { return Int(CURL_READFUNC_ABORT) }
    let room = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
    return exchange.give(room) ?? Int(CURL_READFUNC_ABORT)
}

/// Notes what a command is answered with.
func noteAnswer(
    data: UnsafeMutablePointer<CChar>?,
    size: Int,
    count: Int,
    context: UnsafeMutableRawPointer?
) -> Int {
    guard let data, let exchange = exchange(context) else { return size * count }
    exchange.noteAnswer(UnsafeRawBufferPointer(start: data, count: size * count))
    return size * count
}

/// Notes commands, replies and libcurl's own words.
func noteDialogue(
    handle: UnsafeMutableRawPointer?,
    kind: curl_infotype,
    data: UnsafeMutablePointer<CChar>?,
    size: Int,
    context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let data, let exchange = exchange(context) else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    if kind == CURLINFO_HEADER_OUT { exchange.noteCommand(bytes) }
    if kind == CURLINFO_HEADER_IN { exchange.noteReply(bytes) }
    if kind == CURLINFO_TEXT { exchange.noteText(bytes) }
    return 0
}

/// Notes how far it is; called at least once a second.
func noteProgress(
    context: UnsafeMutableRawPointer?,
    downloadTotal: curl_off_t,
    downloaded: curl_off_t,
    uploadTotal: curl_off_t,
    uploaded: curl_off_t
) -> Int32 {
    guard let exchange = exchange(context) else { return 0 }
    return exchange.progress(Int64(downloaded) + Int64(uploaded)) ? 0 : 1
}

/// Notes that the login is done.
func noteStart(
    context: UnsafeMutableRawPointer?,
    primary: UnsafeMutablePointer<CChar>?,
    local: UnsafeMutablePointer<CChar>?,
    primaryPort: Int32,
    localPort: Int32
) -> Int32 {
    exchange(context)?.start()
    return CURL_PREREQFUNC_OK
}

/// Decides about a server's key.
func checkHostKey(
    context: UnsafeMutableRawPointer?,
    kind: Int32,
    key: UnsafePointer<CChar>?,
    count: Int
) -> Int32 {
    guard let key, let exchange = exchange(context) else {
        return Int32(CURLKHMATCH_MISMATCH.rawValue)
    }
    let isAccepted = exchange.accepts(HostKey(UnsafeRawBufferPointer(start: key, count: count)))
    return Int32((isAccepted ? CURLKHMATCH_OK : CURLKHMATCH_MISMATCH).rawValue)
}

/// How a connection ended; outlives it, which an exchange need not.
final class ConnectionEnd {
    /// Whether the server had gone when the connection was closed.
    var wasCut = false
}

/// Looks whether the server is still there, and closes the connection.
func closeConnection(context: UnsafeMutableRawPointer?, socket: curl_socket_t) -> Int32 {
    if let context {
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        Unmanaged<ConnectionEnd>.fromOpaque(context).takeUnretainedValue().wasCut =
            count == 0 || (count < 0 && errno != EAGAIN)
    }
    return close(socket)
}

private func exchange(_ context: UnsafeMutableRawPointer?) -> RemoteExchange? {
    context.map { Unmanaged<RemoteExchange>.fromOpaque($0).takeUnretainedValue() }
}
