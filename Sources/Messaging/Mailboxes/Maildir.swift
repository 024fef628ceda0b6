// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A mailbox of files, as mail servers deliver into it: `new` holds what waits.
///
/// What is kept goes into `cur`, marked as seen.
public struct Maildir: MailboxReader {
    private let folder: String

    /// A Maildir by its folder, which has the folders `new` and `cur`.
    public init(folder: String) {
        self.folder = folder
    }

    /// The names in `new`, which begin with the time of delivery.
    public func waiting(atMost limit: Int) async throws -> [String] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/new")
            return Array(names.filter { !$0.hasPrefix(".") }.sorted().prefix(limit))
        } catch { throw MailboxError("The Maildir has no folder new that can be read.") }
    }

    /// A file of `new`.
    public func read(_ name: String, upTo limit: Int) async throws -> [UInt8]? {
        guard let file = FileHandle(forReadingAtPath: path(name)) else { return nil }
        defer { try? file.close() }
        do {
            let data = try file.read(upToCount: limit + 1) ?? Data()
            return data.count > limit ? nil : Array(data)
        } catch { throw MailboxError("A mail of the Maildir cannot be read.") }
    }

    /// Removes a file, or moves it into `cur`.
    public func finish(_ name: String, keeping isKept: Bool) async throws {
        let done =
            isKept
            ? rename(path(name), "\(folder)/cur/\(name):2,S") == 0 : unlink(path(name)) == 0
        guard done || errno == ENOENT else {
            throw MailboxError("A mail of the Maildir cannot be moved: it may be read only.")
        }
    }

    /// Nothing is left to do.
    public func close() async throws {}

    private func path(_ name: String) -> String { "\(folder)/new/\(name)" }
}
