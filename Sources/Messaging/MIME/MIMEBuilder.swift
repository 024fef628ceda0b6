// SPDX-License-Identifier: Apache-2.0
import CGMime
import Common

/// Builds the bytes of one message with GMime.
struct MIMEBuilder {
    let message: EmailMessage

    func build() throws -> [UInt8] {
        GMime.start()
        let handle = try GMime.made(g_mime_message_new(0))
        defer { GMime.release(handle) }
        addAddresses(to: handle)
        g_mime_message_set_subject(handle, message.content.subject, "utf-8")
        try addDate(to: handle)
        g_mime_message_set_message_id(handle, message.messageID.text)
        try addUnsubscribe(to: handle)
        try addOwnHeaders(to: handle)
        try MIMEBody(message: message).add(to: handle)
        return try write(handle)
    }

    private func addAddresses(to handle: UnsafeMutablePointer<GMimeMessage>) {
        add(message.content.from, to: g_mime_message_get_from(handle))
        add(message.to, to: g_mime_message_get_to(handle))
        guard let replyTo = message.content.replyTo else { return }
        add(Mailbox(address: replyTo), to: g_mime_message_get_reply_to(handle))
    }

    private func add(_ mailbox: Mailbox, to list: UnsafeMutablePointer<InternetAddressList>?) {
        let name = mailbox.name.map(HeaderText.fold) ?? ""
        guard let list,
            let address = internet_address_mailbox_new(
                name.isEmpty ? nil : name,
                mailbox.address.text
            )
        else { return }
        defer { GMime.release(address) }
        internet_address_set_charset(address, "utf-8")
        internet_address_list_add(list, address)
    }

    private func addDate(to handle: UnsafeMutablePointer<GMimeMessage>) throws {
        guard let date = g_date_time_new_from_unix_utc(gint64(message.date.seconds)) else {
            throw MessagingError.generation(problem: "its date is out of range")
        }
        defer { g_date_time_unref(date) }
        g_mime_message_set_date(handle, date)
    }

    private func addUnsubscribe(to handle: UnsafeMutablePointer<GMimeMessage>) throws {
        for line in try UnsubscribeHeaders.lines(of: message) {
            set(raw: line.value, of: line.name, in: handle)
        }
    }

    /// Sets a header that GMime must not encode: it would cut a long URL into encoded words.
    private func set(
        raw value: String,
        of name: String,
        in handle: UnsafeMutablePointer<GMimeMessage>
    ) {
        let object = GMime.cast(handle, to: GMimeObject.self)
        g_mime_object_set_header(object, name, "-", nil)
        let headers = g_mime_object_get_header_list(object)
        guard let header = g_mime_header_list_get_header(headers, name) else { return }
        g_mime_header_set_raw_value(header, " \(value)\n")
    }

    private func addOwnHeaders(to handle: UnsafeMutablePointer<GMimeMessage>) throws {
        for header in message.headers {
            guard Self.isOwnHeaderName(header.name) else {
                throw MessagingError.setting(
                    name: "additional header",
                    problem: "has a name that does not start with X-"
                )
            }
            let object = GMime.cast(handle, to: GMimeObject.self)
            let value = HeaderText.fold(header.value)
            g_mime_object_append_header(object, header.name, value, "utf-8")
        }
    }

    private func write(_ handle: UnsafeMutablePointer<GMimeMessage>) throws -> [UInt8] {
        let stream = try GMime.made(g_mime_stream_mem_new())
        defer { GMime.release(stream) }
        let format = g_mime_format_options_new()
        defer { g_mime_format_options_free(format) }
        g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS)
        let object = GMime.cast(handle, to: GMimeObject.self)
        let memory = GMime.cast(stream, to: GMimeStreamMem.self)
        guard g_mime_object_write_to_stream(object, format, stream) >= 0,
            let array = g_mime_stream_mem_get_byte_array(memory)?.pointee
        else {
            throw MessagingError.generation(problem: "the MIME library could not write it")
        }
        return Array(UnsafeBufferPointer(start: array.data, count: Int(array.len)))
    }

    private static func isOwnHeaderName(_ name: String) -> Bool {
        let name = name.utf8
        guard name.count > 2, name.count <= 70, name.starts(with: "X-".utf8) else { return false }
        return name.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }
    }
}
