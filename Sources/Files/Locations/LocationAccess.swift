// SPDX-License-Identifier: Apache-2.0

/// Works with the files of one location (spec/exports.md, "Locations").
///
/// **All calls block** and may take minutes over a network: call them where blocking is allowed,
/// such as in `Database.blocking`. Paths are relative, with `/` between components; none leaves
/// the location, be it by `..`, by a leading `/` or by a symbolic link: that is
/// ``FilesError/outside(path:)``.
public protocol LocationAccess: Sendable {
    /// What has to succeed before files can be reached, in order, such as connect and login.
    ///
    /// Shown one by one by ``LocationTest``; other calls do the same by themselves.
    func openingSteps() -> [OpeningStep]

    /// The files directly in a folder, in byte order of their names; `""` is the location itself.
    ///
    /// Folders and links that lead outside are left out.
    ///
    /// - Throws: ``FilesError/noSuchFile(_:)`` when there is no such folder.
    func list(folder: String) throws -> [RemoteFile]

    /// Copies a file into the spool; finishing the writer is left to the caller.
    ///
    /// - Throws: ``FilesError/noSuchFile(_:)``.
    func fetch(_ path: String, into writer: SpoolWriter) throws

    /// Copies a local file to a path: written beside, synced, then renamed.
    ///
    /// Never visible half-written: when it throws, the path is as it was. A file that was there
    /// is replaced; missing folders are made.
    func put(from sourcePath: String, to path: String) throws

    /// Writes bytes to a path, in the same way as ``put(from:to:)``.
    func putData(_ data: [UInt8], to path: String) throws

    /// Gives a file another path in the location; missing folders are made.
    ///
    /// - Throws: ``FilesError/exists(_:)`` when the new path is taken;
    ///   ``FilesError/noSuchFile(_:)``.
    func move(_ source: String, to target: String) throws

    /// Removes a file; one that is gone already is no error, so that a step can be repeated.
    func delete(_ path: String) throws

    /// Whether there is a file at a path.
    func exists(_ path: String) throws -> Bool
}

/// One thing that has to succeed before files can be reached.
public struct OpeningStep: Sendable {
    /// What is done, as a word for the screen, such as `login`.
    public let name: String
    /// Does it.
    public let run: @Sendable () throws -> Void

    /// Makes a step.
    public init(name: String, run: @escaping @Sendable () throws -> Void) {
        self.name = name
        self.run = run
    }
}
