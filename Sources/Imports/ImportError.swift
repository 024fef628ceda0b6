// SPDX-License-Identifier: Apache-2.0
public import Common
import Files

/// What keeps an import from running to its end; names places, never values.
public enum ImportError: Error, Hashable, CustomStringConvertible, RetryAdvising {
    /// No file in the folder fits.
    case noFile(pattern: String, folder: String)
    /// The file has no header.
    case noHeader
    /// The file's first line cannot be read as a header.
    case badHeader(String)
    /// Two columns of the header have the same name.
    case columnTwice(String)
    /// The mapping names something that does not exist, or names it wrongly.
    case badMapping(column: String, reason: String)
    /// No mapped column identifies a profile.
    case noIdentifier(wanted: [String])
    /// Staging failed.
    case staging(reason: String)
    /// The ledger does not close; the import is not completed.
    case ledgerOpen(String)
    /// There is no such automated import.
    case noSuchImport(String)
    /// The name of an automated import is taken.
    case nameTaken(String)
    /// The deadline of an import's file passes before the import is due.
    case badDeadline(TimeOfDay, run: TimeOfDay)
    /// A file that is replayed is no rejects file of the task.
    case notARejectsFile(String)
    /// The rejects of a task cannot be replayed.
    case cannotReplay(TaskID, reason: String)
    /// A task is not held, so there is nothing to accept.
    case notHeld(TaskID)
    /// Another file has taken the name of the one that was imported; it stays where it is.
    case fileReplaced(String)
    /// The file's compression or its bytes are broken.
    case unreadable(String)
    /// A request cannot be read.
    case unreadableRequest(String)
    /// An attribute of a request is unknown, missing or wrong; says what it must be.
    case badField(String, rule: String)
    /// Another request came with the same idempotency key within 24 hours.
    case keyTaken(String)
    /// There is no such bulk.
    case noSuchBulk(MemberBulkID)
    /// A bulk failed for a reason of ours; it is tried again whatever the reason.
    case bulkFailed(String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .noFile(let pattern, let folder):
            "no file named \(pattern) was found in \(folder.isEmpty ? "the location" : folder)"
        case .noHeader: "the file has no header line"
        case .badHeader(let words): "the header cannot be read: \(words)"
        case .columnTwice(let name): "the header names the column \(name) twice"
        case .badMapping(let column, let reason): "the column \(column) cannot be mapped: \(reason)"
        case .noIdentifier(let wanted):
            "no column of the file identifies a profile; wanted: \(wanted.joined(separator: ", "))"
        case .staging(let reason): "the rows could not be sorted: \(reason)"
        case .ledgerOpen(let words): "the ledger does not close: \(words)"
        case .noSuchImport(let name): "there is no automated import \(name)"
        case .nameTaken(let name): "the name \(name) is taken by another import"
        case .badDeadline(let deadline, let run):
            "the deadline \(deadline) is not after the time of the run, \(run)"
        case .notARejectsFile(let words): "this is no rejects file of the task: \(words)"
        case .cannotReplay(let task, let reason):
            "the rejects of task \(task) cannot be replayed: \(reason)"
        case .notHeld(let task): "task \(task) is not held"
        case .fileReplaced(let name): "another file is named \(name) by now"
        case .unreadable(let words): "the file cannot be read: \(words)"
        case .unreadableRequest(let words): "the request cannot be read: \(words)"
        case .badField(let name, let rule): "\(name) is not acceptable; it must be: \(rule)"
        case .keyTaken(let key): "another request came with the Idempotency-Key \(key)"
        case .noSuchBulk(let id): "there is no bulk \(id)"
        case .bulkFailed(let words): words
        }
    }

    /// What the Files room says of a file that was brought here: damage stays, a full disk may not.
    static func reading<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as FilesError {
            switch error {
            case .noSuchFile, .truncated, .corrupt, .entryCount, .encrypted, .tooLarge:
                throw ImportError.unreadable(error.description)
            default: throw error
            }
        }
    }

    /// A full disk may be cleared; a wrong file or request stays wrong.
    public var retryAdvice: RetryAdvice {
        switch self {
        case .staging, .bulkFailed: .later
        default: .never
        }
    }
}
