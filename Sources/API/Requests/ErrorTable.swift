// SPDX-License-Identifier: Apache-2.0
import Accounts
import Audience
import Campaigns
import Database
import Exports
import Files
import Imports
import Messaging
import Tasks

/// What each room's error means to a caller: the only place where errors become statuses.
enum ErrorTable {
    /// The refusal that an error becomes; nil for a fault of ours, which is 500.
    static func problem(_ error: any Error) -> Problem? {
        switch error {
        case let problem as Problem: problem
        case let error as AccountsError: accounts(error)
        case let error as AudienceError: audience(error)
        case let error as CampaignError: campaigns(error)
        case let error as DatabaseError: database(error)
        case let error as ExportsError: exports(error)
        case let error as FilesError: files(error)
        case let error as ImportError: imports(error)
        case let error as MessagingError: Problem.unacceptable("content", ": \(error)")
        case let error as TaskError: tasks(error)
        default: nil
        }
    }

    private static func accounts(_ error: AccountsError) -> Problem? {
        switch error {
        case .taken: Problem.conflict("\(error)", with: nil)
        case .invalid(let field, let rule): Problem.unacceptable(field, "must be \(rule)")
        case .noSuchEntity: Problem.unacceptable("entity_id", ": \(error)")
        case .noSuchUser: Problem.unacceptable("user_id", ": \(error)")
        case .noSuchSetting(let name): Problem.notFound("setting \(name)")
        case .noSuchWorkspace, .noSuchToken: Problem(404, "\(error)")
        case .entityInUse, .lastAdministrator: Problem(409, "\(error)")
        case .otherWorkspace, .unusableKey, .otherKey, .damaged: nil
        }
    }

    private static func audience(_ error: AudienceError) -> Problem? {
        switch error {
        case .nameTaken: Problem.conflict("\(error)", with: nil)
        case .badName(_, let rule): Problem.unacceptable("name", "is not possible: \(rule)")
        case .badValue(let attribute, let problem):
            Problem.unacceptable(attribute, ": \(problem.message)")
        case .ambiguous(let attribute): Problem.unacceptable(attribute, ": \(error)")
        case .noSuchAttribute(let name, _): Problem.unacceptable(name, ": \(error)")
        case .noSuchTable: Problem.unacceptable("profile_table", ": \(error)")
        case .noSuchList: Problem.unacceptable("list_id", ": \(error)")
        case .noSuchSearch: Problem.unacceptable("search_id", ": \(error)")
        case .noSuchProfile: Problem.unacceptable("subscriber_id", ": \(error)")
        case .noSuchCustomTable: Problem.unacceptable("custom_table", ": \(error)")
        case .noSuchRow(let what, _): Problem.notFound("customRow \(what)")
        case .noSuchSegmentation: Problem.unacceptable("segmentation", ": \(error)")
        case .badSegmentation(let words):
            Problem.unacceptable("segments", "are not possible: \(words)")
        case .badExpression(let words, let path):
            Problem.unacceptable("expression", "is wrong at \(path): \(words)")
        case .roleTaken, .notMultiValued, .businessKeyIsSet, .givenTwice: Problem(422, "\(error)")
        }
    }

    private static func campaigns(_ error: CampaignError) -> Problem? {
        switch error {
        case .noSuchCampaign: Problem.unacceptable("campaign_id", ": \(error)")
        case .noSuchSend: Problem.notFound("send")
        case .noSuchMessage: Problem.unacceptable("message_id", ": \(error)")
        case .messageInUse: Problem(409, "\(error)")
        case .noSuchScheduledSend, .noSuchSplitTest, .noSuchSMSAccount: Problem(404, "\(error)")
        case .refused(let attribute, let reason): Problem.unacceptable(attribute, ": \(reason)")
        case .ledgerOpen: nil
        default: Problem(422, "\(error)")
        }
    }

    private static func database(_ error: DatabaseError) -> Problem? {
        switch error {
        case .busy, .diskFull, .conflict, .timeout, .unreachable, .connectionLost, .commitUnknown,
            .frozen, .movedAway, .halfMoved:
            unavailable
        case .uniqueViolation: Problem(409, "another one is there already")
        default: nil
        }
    }

    /// The database is away or overloaded; whether a change was made is not known then, which is
    /// what `Idempotency-Key` is for.
    private static var unavailable: Problem {
        var problem = Problem(503, "the database cannot answer now; try again")
        problem.headers["Retry-After"] = "1"
        return problem
    }

    private static func exports(_ error: ExportsError) -> Problem? {
        switch error {
        case .nameTaken: Problem.conflict("\(error)", with: nil)
        case .noSuchExport, .noSuchRun, .fileGone: Problem(404, "\(error)")
        case .badSetting(let setting, let reason): Problem.unacceptable(setting, ": \(reason)")
        case .noSearch, .searchOfOtherTable: Problem.unacceptable("search_id", ": \(error)")
        case .notOnce: Problem.unacceptable("once", ": \(error)")
        case .noFirstRun: Problem.unacceptable("first_run", ": \(error)")
        case .scratchDamaged, .clockWentBack: nil
        default: Problem(422, "\(error)")
        }
    }

    private static func files(_ error: FilesError) -> Problem? {
        switch error {
        case .locationNameTaken: Problem.conflict("\(error)", with: nil)
        case .noSuchLocation: Problem.unacceptable("location_id", ": \(error)")
        case .badSetting(_, let setting, let reason): Problem.unacceptable(setting, ": \(reason)")
        case .badPattern, .badExpression, .unknownKind, .builtIn, .badName, .outside:
            Problem(422, "\(error)")
        case .noSuchFile: Problem(404, "\(error)")
        case .diskFull: Problem(507, "the disk is full")
        case .noSecret: Problem.unacceptable("secrets", ": \(error)")
        case .remote: Problem(409, "\(error)")
        default: nil
        }
    }

    private static func imports(_ error: ImportError) -> Problem? {
        switch error {
        case .nameTaken: Problem.conflict("\(error)", with: nil)
        case .noSuchImport: Problem(404, "\(error)")
        case .staging, .ledgerOpen, .bulkFailed: nil
        case .unreadableRequest: Problem(400, "\(error)")
        case .badField(let field, let rule): Problem.unacceptable(field, "must be \(rule)")
        case .keyTaken: Problem.unacceptable("Idempotency-Key", "was used with another request")
        case .noSuchBulk: Problem(404, "\(error)")
        default: Problem(422, "\(error)")
        }
    }

    private static func tasks(_ error: TaskError) -> Problem? {
        switch error {
        case .noSuchTask: Problem(404, "\(error)")
        case .ended, .cannotRetry: Problem(422, "\(error)")
        case .leaseLost, .interrupted, .unknownType: nil
        }
    }
}
