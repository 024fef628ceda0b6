// SPDX-License-Identifier: Apache-2.0
import CGMime
import Common

/// The body of a message: text alone, or text and HTML as alternatives (RFC 2046 section 5.1.4), and
/// attachments behind it.
struct MIMEBody {
    let message: EmailMessage

    func add(to handle: UnsafeMutablePointer<GMimeMessage>) throws {
        let body = try texts()
        defer { GMime.release(body) }
        guard !message.content.attachments.isEmpty else {
            return g_mime_message_set_mime_part(handle, body)
        }
        let mixed = try GMime.made(g_mime_multipart_new_with_subtype("mixed"))
        defer { GMime.release(mixed) }
        g_mime_multipart_set_boundary(mixed, Self.boundary(for: message.messageID) + ".m")
        g_mime_multipart_add(mixed, body)
        for file in message.content.attachments {
            let part = try part(file)
            defer { GMime.release(part) }
            g_mime_multipart_add(mixed, part)
        }
        g_mime_message_set_mime_part(handle, GMime.cast(mixed, to: GMimeObject.self))
    }

    /// The texts, which the caller releases.
    private func texts() throws -> UnsafeMutablePointer<GMimeObject> {
        let text = try part(message.content.text, subtype: "plain")
        guard let html = message.content.html else { return text }
        defer { GMime.release(text) }
        let alternatives = try GMime.made(g_mime_multipart_new_with_subtype("alternative"))
        g_mime_multipart_set_boundary(alternatives, Self.boundary(for: message.messageID))
        g_mime_multipart_add(alternatives, text)
        do {
            let htmlPart = try part(html, subtype: "html")
            defer { GMime.release(htmlPart) }
            g_mime_multipart_add(alternatives, htmlPart)
        } catch {
            GMime.release(alternatives)
            throw error
        }
        return GMime.cast(alternatives, to: GMimeObject.self)
    }

    /// A file as a part, which the caller releases.
    private func part(_ file: AttachedFile) throws -> UnsafeMutablePointer<GMimeObject> {
        let part = try GMime.made(g_mime_part_new_with_type(file.type, file.subtype))
        let object = GMime.cast(part, to: GMimeObject.self)
        g_mime_object_set_disposition(object, "attachment")
        g_mime_part_set_filename(part, file.name)
        g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64)
        fill(part, with: file.bytes)
        return object
    }

    /// A boundary that depends on the Message-ID only, by FNV-1a.
    ///
    /// `=_` can stand in no quoted-printable or base64 line (RFC 2045 section 6.7), so no
    /// content can hold the boundary.
    static func boundary(for messageID: MessageID) -> String {
        "=_" + String(FNV1a.hash(messageID.text.utf8), radix: 36)
    }

    private func part(
        _ text: String,
        subtype: String
    ) throws -> UnsafeMutablePointer<GMimeObject> {
        let content = EncodedText(text)
        guard !content.hasNull else {
            throw MessagingError.generation(problem: "the \(subtype) part holds a null character")
        }
        let handle = try GMime.made(g_mime_text_part_new_with_subtype(subtype))
        g_mime_text_part_set_charset(handle, "utf-8")
        let part = GMime.cast(handle, to: GMimePart.self)
        g_mime_part_set_content_encoding(part, content.encoding)
        fill(part, with: content.bytes)
        return GMime.cast(handle, to: GMimeObject.self)
    }

    private func fill(_ part: UnsafeMutablePointer<GMimePart>, with bytes: [UInt8]) {
        let stream = bytes.withUnsafeBytes { buffer in
            g_mime_stream_mem_new_with_buffer(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                buffer.count
            )
        }
        guard let stream else { return }
        defer { GMime.release(stream) }
        let content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT)
        guard let content else { return }
        defer { GMime.release(content) }
        g_mime_part_set_content(part, content)
    }
}
