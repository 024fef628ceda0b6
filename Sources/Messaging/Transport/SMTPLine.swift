// SPDX-License-Identifier: Apache-2.0
import CCurlShim
import CLibCurl
import Glibc

/// A connection to a relay that is ready for mails: greeted, encrypted, logged in.
///
/// libcurl makes it, and encrypts what goes over it. The dialogue about mails is ours
/// (``SMTPSession``): libcurl sends one command at a time, which leaves a third of a relay's speed.
/// Not to be used by two threads at once.
final class SMTPLine {
    private let handle: UnsafeMutableRawPointer
    private let timeout: Int
    private var parser = SMTPReplyParser()
    private var socket = curl_socket_t(-1)
    /// What the relay offers beyond the basics, by its words after EHLO.
    let offers: Set<String>

    /// Connects.
    ///
    /// - Throws: What libcurl says, with the relay's last reply.
    init(_ options: SMTPOptions, url: String) throws(SMTPFailure) {
        guard let handle = Curl.handle() else {
            throw SMTPFailure("The SMTP library could not be started.")
        }
        let greeting = SMTPGreeting()
        let code = greeting.connect(handle, options, url)
        var number = 0
        if code == CURLE_OK { millrace_curl_get_socket(handle, &number) }
        guard code == CURLE_OK, number >= 0 else {
            curl_easy_cleanup(handle)
            throw SMTPFailure(greeting.failure(code))
        }
        self.handle = handle
        socket = curl_socket_t(number)
        timeout = options.messageTimeout
        offers = greeting.offers
    }

    /// Says QUIT and ends the connection.
    deinit { curl_easy_cleanup(handle) }

    /// Sends bytes; gives how many were taken by the system, and what kept the others back.
    func send(_ bytes: [UInt8]) -> (taken: Int, failure: SMTPFailure?) {
        let deadline = Self.seconds() + timeout
        var taken = 0
        while taken < bytes.count {
            var count = 0
            let code = bytes.withUnsafeBytes { buffer in
                curl_easy_send(
                    handle,
                    buffer.baseAddress?.advanced(by: taken),
                    buffer.count - taken,
                    &count
                )
            }
            taken += count
            guard code != CURLE_OK else { continue }
            guard code == CURLE_AGAIN else { return (taken, Self.failure(code)) }
            guard wait(for: POLLOUT, until: deadline) else {
                return (taken, SMTPFailure("The relay took nothing for \(timeout) seconds."))
            }
        }
        return (taken, nil)
    }

    /// Waits for the next reply.
    func reply() throws(SMTPFailure) -> SMTPReply {
        let deadline = Self.seconds() + timeout
        while true {
            if let reply = try parser.next() { return reply }
            try receive(until: deadline)
        }
    }

    private func receive(until deadline: Int) throws(SMTPFailure) {
        while true {
            var count = 0
            let code = withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
                let code = curl_easy_recv(handle, buffer.baseAddress, buffer.count, &count)
                if code == CURLE_OK, count > 0 {
                    parser.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
                return code
            }
            if code == CURLE_OK {
                guard count > 0 else { throw SMTPFailure("The relay closed the connection.") }
                return
            }
            guard code == CURLE_AGAIN else { throw Self.failure(code) }
            guard wait(for: POLLIN, until: deadline) else {
                throw SMTPFailure("The relay gave no reply for \(timeout) seconds.")
            }
        }
    }

    private func wait(for event: Int32, until deadline: Int) -> Bool {
        while true {
            let left = deadline - Self.seconds()
            guard left > 0 else { return false }
            var item = pollfd(fd: socket, events: Int16(event), revents: 0)
            let count = poll(&item, 1, Int32(min(left, 3_600) * 1_000))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    private static func failure(_ code: CURLcode) -> SMTPFailure {
        SMTPFailure(String(cString: curl_easy_strerror(code)))
    }

    /// Of the machine's own clock: how long a peer takes has nothing to do with the time of day.
    private static func seconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }
}
