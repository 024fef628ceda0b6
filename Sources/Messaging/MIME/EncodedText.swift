// SPDX-License-Identifier: Apache-2.0
import CGMime

/// A text's bytes with the line ends and the transfer encoding that fit it.
///
/// Base64 when more than a third of the bytes are not ASCII, else quoted-printable, which
/// stays readable. GMime writes CRLF for the line feeds of quoted-printable; inside base64 the
/// line ends have to be CRLF beforehand (RFC 2045 section 6.8).
struct EncodedText {
    let bytes: [UInt8]
    let encoding: GMimeContentEncoding
    let hasNull: Bool

    init(_ text: String) {
        let source = Array(text.utf8)
        let foreign = source.count { $0 >= 0x80 }
        let isBase64 = foreign * 3 > source.count
        encoding = isBase64 ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
        hasNull = source.contains(0)
        bytes =
            isBase64 || source.contains(0x0D)
            ? Self.withLineEnds(source, lineEnd: isBase64 ? [0x0D, 0x0A] : [0x0A]) : source
    }

    /// Whether it is written as quoted-printable.
    var isReadable: Bool { !hasNull && encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE }

    /// Appends the text as quoted-printable with CRLF line ends.
    func appendReadable(to output: inout [UInt8]) {
        var state = GMimeEncoding()
        g_mime_encoding_init_encode(&state, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
        let capacity = g_mime_encoding_outlen(&state, bytes.count)
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity + 16) { encoded in
            let count = bytes.withUnsafeBytes { source in
                g_mime_encoding_flush(
                    &state,
                    source.baseAddress?.assumingMemoryBound(to: CChar.self),
                    source.count,
                    encoded.baseAddress
                )
            }
            for character in encoded.prefix(count) {
                let byte = UInt8(bitPattern: character)
                if byte == 0x0A { output.append(0x0D) }
                output.append(byte)
            }
        }
    }

    private static func withLineEnds(_ source: [UInt8], lineEnd: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(source.count + source.count / 32)
        var previous: UInt8 = 0
        for byte in source {
            if byte == 0x0D || (byte == 0x0A && previous != 0x0D) {
                output += lineEnd
            } else if byte != 0x0A {
                output.append(byte)
            }
            previous = byte
        }
        return output
    }
}
