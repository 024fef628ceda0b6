// SPDX-License-Identifier: Apache-2.0
import CGMime

extension IncomingMail {
    /// The largest mail that is read, in bytes.
    public static let sizeLimit = 4 * 1_048_576
    /// How many parts and mails a mail may have within each other: the library reads each level deeper
    /// by a call of its own, and a mail of nothing else would end the program's stack.
    private static let deepest = 24

    /// Reads a mail (RFC 5322, RFC 2045) leniently.
    ///
    /// Safe to call from any thread.
    /// - Returns: Nil for what is too large, too deep, or no mail.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= IncomingMail.sizeLimit, IncomingMail.isShallow(bytes) else {
            return nil
        }
        GMime.start()
        let stream = bytes.withUnsafeBytes { buffer in
            g_mime_stream_mem_new_with_buffer(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                buffer.count
            )
        }
        guard let stream else { return nil }
        defer { GMime.release(stream) }
        guard let parser = g_mime_parser_new_with_stream(stream) else { return nil }
        defer { GMime.release(parser) }
        guard let message = g_mime_parser_construct_message(parser, nil) else { return nil }
        defer { GMime.release(message) }
        self.init(headers: IncomingMail.headers(of: message), parts: [])
        guard let root = g_mime_message_get_mime_part(message) else { return }
        collect(root, depth: 0)
    }

    /// Whether a mail cannot have more levels than are read.
    private static func isShallow(_ bytes: [UInt8]) -> Bool {
        let words = ["boundary", "message/"].map { Array($0.utf8) }
        var count = 0
        for index in bytes.indices {
            let byte = bytes[index].lowercasedASCII
            for word in words where byte == word[0] && index + word.count <= bytes.count {
                let candidate = bytes[index..<(index + word.count)].lazy.map(\.lowercasedASCII)
                if candidate.elementsEqual(word) { count += 1 }
            }
            if count > deepest * 2 { return false }
        }
        return true
    }

    private mutating func collect(_ object: UnsafeMutablePointer<GMimeObject>, depth: Int) {
        guard depth < IncomingMail.deepest, parts.count < 100 else { return }
        if IncomingMail.isA(object, g_mime_multipart_get_type()) {
            let multipart = GMime.cast(object, to: GMimeMultipart.self)
            for index in 0..<g_mime_multipart_get_count(multipart) {
                guard let part = g_mime_multipart_get_part(multipart, index) else { continue }
                collect(part, depth: depth + 1)
            }
        } else if IncomingMail.isA(object, g_mime_message_part_get_type()) {
            let part = GMime.cast(object, to: GMimeMessagePart.self)
            guard let inner = g_mime_message_part_get_message(part) else { return }
            let text = IncomingMail.headerText(of: inner)
            parts.append(Part(type: "message/rfc822", text: text))
        } else if IncomingMail.isA(object, g_mime_part_get_type()) {
            let part = GMime.cast(object, to: GMimePart.self)
            parts.append(
                Part(type: IncomingMail.type(of: object), text: IncomingMail.content(of: part))
            )
        }
    }

    private static func isA(_ object: UnsafeMutablePointer<GMimeObject>, _ type: GType) -> Bool {
        let instance = UnsafeMutableRawPointer(object)
            .assumingMemoryBound(to: GTypeInstance.self)
        return g_type_check_instance_is_a(instance, type) != 0
    }

    private static func type(of object: UnsafeMutablePointer<GMimeObject>) -> String {
        guard let type = g_mime_object_get_content_type(object),
            let text = g_mime_content_type_get_mime_type(type)
        else { return "" }
        defer { g_free(text) }
        return String(cString: text).lowercased()
    }

    /// A part's content with its transfer encoding undone, at most 256 KB of it.
    private static func content(of part: UnsafeMutablePointer<GMimePart>) -> String {
        guard let wrapper = g_mime_part_get_content(part), let stream = g_mime_stream_mem_new()
        else { return "" }
        defer { GMime.release(stream) }
        let memory = GMime.cast(stream, to: GMimeStreamMem.self)
        guard g_mime_data_wrapper_write_to_stream(wrapper, stream) >= 0,
            let array = g_mime_stream_mem_get_byte_array(memory)?.pointee
        else { return "" }
        let bytes = UnsafeBufferPointer(start: array.data, count: Int(array.len))
        return String(decoding: bytes.prefix(262_144), as: UTF8.self)
    }

    private static func headerText(of message: UnsafeMutablePointer<GMimeMessage>) -> String {
        let object = GMime.cast(message, to: GMimeObject.self)
        guard let text = g_mime_object_get_headers(object, nil) else { return "" }
        defer { g_free(text) }
        return String(cString: text)
    }

    private static func headers(of message: UnsafeMutablePointer<GMimeMessage>) -> FieldBlock {
        FieldBlock(headerText(of: message))
    }
}
