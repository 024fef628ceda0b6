// SPDX-License-Identifier: Apache-2.0
import API
import Foundation

/// A form with a file, taken piece by piece (RFC 7578): memory does not grow with the file.
///
/// The fields come before the file, as they stand in the form; fields behind the file are ignored.
struct Multipart: Sendable {
    let request: SiteRequest
    let boundary: String

    /// The form of a request; nil when it is of another type.
    init?(_ request: SiteRequest) {
        let type = request.headers["content-type"] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data"),
            let match = type.firstMatch(of: #/boundary="?([^";]+)"?/#), match.1.count <= 70
        else { return nil }
        self.request = request
        boundary = String(match.1)
    }

    /// Reads the whole form.
    ///
    /// - Parameters:
    ///   - onFile: Called with the fields and the file's name when the file begins; what it throws
    ///     ends the reading.
    ///   - onBytes: Called with each piece of the file.
    /// - Returns: The fields.
    /// - Throws: ``PageError/bad(_:)`` for what is no such form.
    func read(
        onFile: @escaping @Sendable (Form, String) async throws -> Void,
        onBytes: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws -> Form {
        let reader = MultipartReader(boundary: boundary)
        try await request.body { bytes in
            for event in try reader.feed(bytes) {
                switch event {
                case .file(let fields, let name): try await onFile(fields, name)
                case .bytes(let piece): try await onBytes(piece)
                }
            }
        }
        return try reader.finish()
    }
}

/// Takes a multipart body apart.
///
/// One thread at a time: the pieces of a body come one behind the other.
final class MultipartReader: @unchecked Sendable {
    enum Event: Sendable {
        case file(Form, String)
        case bytes([UInt8])
    }

    private enum State {
        case preamble
        case headers
        case field(String)
        case file
        case rest
    }

    private static let largestField = 1 << 20

    private let delimiter: [UInt8]
    private var buffer: [UInt8] = Array("\r\n".utf8)
    private var state = State.preamble
    private var items: [Form.Item] = []
    private var hasFile = false

    init(boundary: String) {
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Takes a piece of the body.
    func feed(_ bytes: [UInt8]) throws -> [Event] {
        buffer += bytes
        var events: [Event] = []
        while try step(&events) {}
        return events
    }

    /// Ends the body.
    func finish() throws -> Form {
        guard case .rest = state else { throw PageError.bad("the form ends too early") }
        return Form(items)
    }

    /// Goes one step; false when more bytes are needed.
    private func step(_ events: inout [Event]) throws -> Bool {
        switch state {
        case .preamble:
            guard let place = find(delimiter) else { return try keep(MultipartReader.largestField) }
            buffer.removeFirst(place + delimiter.count)
            state = .headers
        case .headers: return try headers(&events)
        case .field(let name):
            guard let place = find(delimiter) else { return try keep(MultipartReader.largestField) }
            let value = String(decoding: buffer[..<place], as: UTF8.self)
            items.append(Form.Item(name: name, value: value.replacing("\0", with: "")))
            buffer.removeFirst(place + delimiter.count)
            state = .headers
        case .file: return file(&events)
        case .rest:
            buffer = []
            return false
        }
        return true
    }

    private func file(_ events: inout [Event]) -> Bool {
        if let place = find(delimiter) {
            if place > 0 { events.append(.bytes(Array(buffer[..<place]))) }
            buffer.removeFirst(place + delimiter.count)
            state = .headers
            return true
        }
        // The delimiter may have begun in what is there.
        let safe = buffer.count - delimiter.count
        guard safe > 0 else { return false }
        events.append(.bytes(Array(buffer[..<safe])))
        buffer.removeFirst(safe)
        return false
    }

    private func headers(_ events: inout [Event]) throws -> Bool {
        if buffer.starts(with: Array("--".utf8)) {
            state = .rest
            return true
        }
        guard let end = find(Array("\r\n\r\n".utf8)) else { return try keep(16_384) }
        let text = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 4)
        guard let name = text.firstMatch(of: #/; name="([^"]*)"/#) else {
            throw PageError.bad("a part of the form has no name")
        }
        if let file = text.firstMatch(of: #/filename="([^"]*)"/#), !hasFile {
            hasFile = true
            state = .file
            events.append(.file(Form(items), String(file.1)))
        } else {
            state = .field(String(name.1))
        }
        return true
    }

    private func keep(_ limit: Int) throws -> Bool {
        guard buffer.count <= limit else { throw PageError.bad("a part of the form is too long") }
        return false
    }

    private func find(_ needle: [UInt8]) -> Int? {
        guard let first = needle.first, buffer.count >= needle.count else { return nil }
        return buffer.withUnsafeBytes { haystack in
            guard let start = haystack.baseAddress else { return nil }
            var place = 0
            let last = haystack.count - needle.count
            while place <= last,
                let hit = memchr(start + place, Int32(first), last - place + 1)
            {
                place = UnsafeRawPointer(hit) - start
                if memcmp(start + place, needle, needle.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }
}
