// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A folder of a test's own, which disappears with this object.
///
/// It lies in the system's folder for temporary files and is open to its owner alone (mode 0700).
public final class TemporaryFolder: Sendable {
    /// The folder's place.
    public let url: URL

    /// Makes an empty folder with a name that no other has.
    public init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("millrace-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(
            at: url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The folder's path.
    public var path: String { url.path }

    /// The path of a file in the folder, which need not exist.
    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file into the folder.
    ///
    /// - Returns: The file's path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
        return path(name)
    }

    /// The content of a file in the folder.
    public func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url.appendingPathComponent(name)))
    }

    /// The names in the folder or in one inside it, sorted; hidden ones too.
    public func names(_ folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }
}
