// SPDX-License-Identifier: Apache-2.0
public import Common
import Glibc

/// What can go wrong with files; names the file, never what it holds.
public enum FilesError: Error, Hashable, CustomStringConvertible, RetryAdvising {
    /// A name that cannot be used: empty, too long, or with `/`, `..` or NUL in it.
    case badName(String)
    /// A path that would leave its location.
    case outside(path: String)
    /// There is no such file.
    case noSuchFile(String)
    /// The name is taken.
    case exists(String)
    /// Another process is writing the file.
    case beingWritten(String)
    /// The disk is full.
    case diskFull(String)
    /// The system refused: what could not be done, and `errno`.
    case system(subject: String, action: String, code: Int32)
    /// A writer was used after it was finished or abandoned.
    case writerEnded(String)
    /// A compressed file ends too early.
    case truncated(String)
    /// A compressed file is damaged.
    case corrupt(String, reason: String)
    /// A zip archive holds no file, or more than one.
    case entryCount(String, count: Int)
    /// A zip archive is protected by a password.
    case encrypted(String)
    /// A compressed file grows beyond what is allowed when unpacked.
    case tooLarge(String, reason: String)
    /// A file could not be compressed.
    case packing(String, reason: String)
    /// A file name pattern has a `$` without a date part behind it; the position counts from 1.
    case badPattern(String, position: Int)
    /// A regular expression cannot be read.
    case badExpression(String, reason: String)
    /// This program knows no such kind of location.
    case unknownKind(String)
    /// A location lacks a setting, or has a wrong one.
    case badSetting(kind: String, setting: String, reason: String)
    /// There is no such location in the workspace.
    case noSuchLocation(String)
    /// The name of a location is taken in the workspace.
    case locationNameTaken(String)
    /// The transferbox is built in; it is neither changed nor removed.
    case builtIn(String)
    /// A shared folder carries the id of another installation.
    case foreignSpool(String)
    /// The writing of a file into the database was given up, because it was silent for too long.
    case uploadLost(String)
    /// A file that was just written was read back with other content.
    case readBack(String)
    /// A server of a location refused or could not be reached.
    case remote(RemoteFailure)
    /// A location lacks the password or key that its kind needs.
    case noSecret(location: String, secret: String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .badName(let name): "\(quoted(name)) cannot be used as a name"
        case .outside(let path): "\(quoted(path)) lies outside the location"
        case .noSuchFile(let name): "there is no file \(quoted(name))"
        case .exists(let name): "there is already a file \(quoted(name))"
        case .beingWritten(let name): "\(quoted(name)) is being written by another process"
        case .diskFull(let name): "\(quoted(name)) cannot be written: the disk is full"
        case .system(let subject, let action, let code):
            "\(quoted(subject)) cannot be \(action): \(String(cString: strerror(code)))"
        case .writerEnded(let name): "\(quoted(name)) is no longer being written"
        case .truncated, .corrupt, .entryCount, .encrypted, .tooLarge, .packing:
            archiveDescription
        case .badPattern(let pattern, let position):
            "the pattern \(quoted(pattern)) has no date part after the $ at position \(position);"
                + " use yyyy, MM, dd, HH, mm and ss"
        case .badExpression(let text, let reason):
            "the regular expression \(quoted(text)) cannot be read: \(reason)"
        case .unknownKind, .badSetting, .noSuchLocation, .locationNameTaken, .builtIn, .readBack,
            .noSecret:
            locationDescription
        case .remote(let failure): failure.description
        case .foreignSpool(let path):
            "the spool \(quoted(path)) belongs to another installation; give this one its own"
        case .uploadLost(let name):
            "the writing of \(quoted(name)) was given up after an hour without progress"
        }
    }

    private var archiveDescription: String {
        switch self {
        case .truncated(let name): "\(quoted(name)) ends too early; it was not copied whole"
        case .corrupt(let name, let reason): "\(quoted(name)) is damaged: \(reason)"
        case .entryCount(let name, let count):
            "\(quoted(name)) holds \(count) files; an archive must hold exactly one"
        case .encrypted(let name): "\(quoted(name)) is protected by a password"
        case .tooLarge(let name, let reason): "\(quoted(name)) was refused: \(reason)"
        case .packing(let name, let reason): "\(quoted(name)) cannot be compressed: \(reason)"
        default: ""
        }
    }

    private var locationDescription: String {
        switch self {
        case .unknownKind(let kind): "this program knows no locations of kind \(quoted(kind))"
        case .badSetting(let kind, let setting, let reason):
            "the setting \(setting) of a \(kind) location is wrong: \(reason)"
        case .noSuchLocation(let name): "there is no location \(quoted(name))"
        case .locationNameTaken(let name): "there is already a location named \(quoted(name))"
        case .builtIn(let name): "\(quoted(name)) is built in and stays as it is"
        case .readBack(let name): "\(quoted(name)) was read back with other content than written"
        case .noSecret(let location, let secret):
            "the location \(quoted(location)) has no \(secret); give it one"
        default: ""
        }
    }

    /// Whether the same call may succeed when tried again later.
    public var isTemporary: Bool {
        switch self {
        case .beingWritten, .diskFull, .noSuchFile, .truncated, .readBack, .uploadLost: true
        case .remote(let failure): failure.isTemporary
        case .system(_, _, let code): ![EACCES, EPERM, EROFS, EISDIR, ELOOP].contains(code)
        default: false
        }
    }

    /// What is temporary may pass.
    public var retryAdvice: RetryAdvice { isTemporary ? .later : .never }

    /// The error for a failed system call, by `errno`.
    static func last(_ subject: String, _ action: String, code: Int32 = errno) -> FilesError {
        switch code {
        case ENOENT, ENOTDIR: .noSuchFile(subject)
        case EEXIST: .exists(subject)
        case ENOSPC, EDQUOT: .diskFull(subject)
        default: .system(subject: subject, action: action, code: code)
        }
    }

    private func quoted(_ name: String) -> String { PrintedName.quoted(name) }
}
