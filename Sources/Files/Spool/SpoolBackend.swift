// SPDX-License-Identifier: Apache-2.0
import Database
import Glibc

/// A place where the files of a ``Spool`` lie.
///
/// Kinds and names were checked before. With a connection a call is part of its transaction.
protocol SpoolBackend: Sendable {
    func create(_ kind: SpoolKind, name: String) throws -> SpoolWriter
    func open(_ file: SpoolFile) throws -> LocalFile
    func exists(_ file: SpoolFile, in connection: Connection?) throws -> Bool
    func isIntact(_ file: SpoolFile) throws -> Bool
    func remove(_ file: SpoolFile) throws
    func remove(_ file: SpoolFile, in transaction: Transaction) throws
    func names(of kind: SpoolKind, in connection: Connection?) throws -> [String]
    /// The kinds of which there may be files, in byte order.
    func kinds() throws -> [SpoolKind]
    /// What a finished file is; nil when there is none of that name.
    func file(_ kind: SpoolKind, name: String) throws -> SpoolFile?
    func sweep() throws -> Int
}

/// A file of the spool on this machine, which stays as long as this value does.
struct LocalFile {
    let path: String
    /// Open for reading, at the beginning.
    let file: OpenFile
}

/// A file that was written whole and has no name yet.
struct UnnamedFile {
    let file: OpenFile
    let folder: OpenFile
    let temporaryName: String

    /// Gives the file its name; one of that name is replaced.
    func rename(to name: String) throws {
        guard renameat(folder.number, temporaryName, folder.number, name) == 0 else {
            throw FilesError.last(file.subject, "named")
        }
    }
}
