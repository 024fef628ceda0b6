// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation

/// A mailbox of files, as mail servers deliver into it: `new` holds what waits.
///
/// What is kept goes into `cur`, marked as seen. Files are touched on a queue of its own, which may block.
public struct Maildir: MailboxReader {
    private let folder: String
    private let queue = DispatchQueue(label: "millrace.maildir")

    /// A Maildir by its folder, which has the folders `new` and `cur`.
    public init(folder: String) {
        self.folder = folder
    }

    /// The names in `new`, which begin with the time of delivery.
    public func waiting(atMost limit: Int) async throws -> [String] {
        try await run {
            do {
                let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/new")
                return Array(names.filter { !$0.hasPrefix(".") }.sorted().prefix(limit))
            } catch { throw MailboxError("The Maildir has no folder new that can be read.") }
        }
    }

    /// A file of `new`.
    public func read(_ name: String, upTo limit: Int) async throws -> [UInt8]? {
        try await run {
            guard let file = FileHandle(forReadingAtPath: path(name)) else { return nil }
            defer { try? file.close() }
            do {
                let data = try file.read(upToCount: limit + 1) ?? Data()
                return data.count > limit ? nil : Array(data)
            } catch { throw MailboxError("A mail of the Maildir cannot be read.") }
        }
    }

    /// Removes files, or moves them into `cur`.
    public func finish(_ names: [String], keeping isKept: Bool) async throws {
        try await run { for name in names { try finish(name, keeping: isKept) } }
    }

    /// Nothing is left to do.
    public func close() async throws {}

    private func finish(_ name: String, keeping isKept: Bool) throws {
        let done =
            isKept
            ? rename(path(name), "\(folder)/cur/\(name):2,S") == 0 : unlink(path(name)) == 0
        guard done || errno == ENOENT else {
            throw MailboxError("A mail of the Maildir cannot be moved: it may be read only.")
        }
    }

    private func path(_ name: String) -> String { "\(folder)/new/\(name)" }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
