// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
public import Database
import Tasks

/// What a bulk does with members (spec/imports.md, "Bulk member API").
public enum BulkOperation: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Makes profiles; a member whose e-mail address or mobile number is known is updated.
    case create
    /// Changes the attributes that are present; an unknown member is an error.
    case update
}

/// What names a member that is updated.
public enum MemberIdentifierType: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// The profile's id.
    case id
    /// The e-mail address.
    case email
    /// The mobile number.
    case msisdn

    /// The role of the attribute that holds it; nil for the profile's id.
    var role: AttributeRole? {
        switch self {
        case .id: nil
        case .email: .emailAddress
        case .msisdn: .mobileNumber
        }
    }
}

/// How far a bulk is.
public enum BulkStatus: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Created.
    case waiting
    /// Picked.
    case working
    /// Failed, and to be tried again.
    case waitingForRetry = "waiting_for_retry"
    /// Ran; says nothing of single members.
    case finished
    /// Did not run: failed five times, cancelled, or not run within 24 hours.
    case failed

    /// What a bulk shows, from what its record says and how its task stands; nil for a task whose
    /// record has expired.
    ///
    /// An operator who runs a failed bulk's task again makes it wait again.
    static func shown(_ stored: BulkStatus, retries: Int, task: TaskStatus?) -> BulkStatus {
        guard stored != .finished, let task else { return stored }
        switch task {
        case .executing: return .working
        case .new: return retries > 0 ? .waitingForRetry : .waiting
        case .completed, .error, .fatal: return .failed
        }
    }
}

/// One request of the bulk member API: up to 1,000 members.
public struct MemberBulk: Sendable, Hashable {
    /// What is there for 24 hours.
    public struct Contents: Sendable, Hashable {
        /// The members as they were given, without passwords: JSON, an array.
        public var payload: [UInt8]
        /// The members' errors: JSON, an object by identifier; nil until the bulk has run.
        public var errors: String?
    }

    /// Its id.
    public var id: MemberBulkID
    /// The task that applies it.
    public var task: TaskID
    /// Groups bulks.
    public var importID: String
    /// The caller's own number.
    public var requestNumber: Int64?
    /// The profile table.
    public var table: ProfileTableID
    /// What it does.
    public var operation: BulkOperation
    /// What names a member that is updated.
    public var identifierType: MemberIdentifierType
    /// What several values do in an update.
    public var severalValues: SeveralValuesPolicy
    /// Whether nothing is written.
    public var isDryRun: Bool
    /// How far it is.
    public var status: BulkStatus
    /// How often it failed.
    public var retries: Int
    /// How many members it has, and what became of them.
    public var breakdown: BulkBreakdown
    /// Why a bulk failed or waits for its retry, and how an operator runs a failed one again.
    public var explanation: String?
    /// When it came.
    public var createdAt: Instant
    /// When it finished or failed.
    public var finishedAt: Instant?
    /// When its payload and errors were erased.
    public var erasedAt: Instant?
    /// Payload and errors; nil when they were erased or not read.
    public var contents: Contents?
}

/// What became of a bulk's members: the ledger of its task.
public struct BulkBreakdown: Sendable, Hashable, Codable {
    /// Members in the payload.
    public var total: Int
    /// Members that made a profile.
    public var created = 0
    /// Members that changed a profile.
    public var updated = 0
    /// Members that held nothing new.
    public var unchanged = 0
    /// Members that were not saved.
    public var validationErrors = 0
    /// Members that were saved with a remark.
    public var warnings = 0
    /// Whether nothing was written.
    public var isDryRun = false

    /// The ledger of a bulk that has not run.
    public init(total: Int, isDryRun: Bool = false) {
        self.total = total
        self.isDryRun = isDryRun
    }

    /// Whether every member stands in exactly one place (promise 1).
    public var closes: Bool {
        total == created + updated + unchanged + validationErrors && warnings <= total
    }

    /// The lines that people see: remarks only above zero.
    public var lines: [ImportBreakdown.Line] {
        [
            ImportBreakdown.Line(label: "Total", count: total),
            ImportBreakdown.Line(label: "Created", count: created),
            ImportBreakdown.Line(label: "Updated", count: updated),
            ImportBreakdown.Line(label: "Unchanged", count: unchanged),
            ImportBreakdown.Line(label: "Validation errors", count: validationErrors),
        ] + (warnings > 0 ? [ImportBreakdown.Line(label: "Warnings", count: warnings)] : [])
    }

    /// The outcome in one line.
    var words: String {
        let counts =
            "\(created) created, \(updated) updated, \(unchanged) unchanged, "
            + "\(validationErrors) with validation errors"
        return isDryRun ? "Nothing was written; it would be: \(counts)." : "Members: \(counts)."
    }
}
