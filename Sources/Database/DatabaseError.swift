// SPDX-License-Identifier: Apache-2.0
public import Common

/// What can go wrong in the Database room; never carries a value that a user entered.
public enum DatabaseError: Error, Equatable, CustomStringConvertible, RetryAdvising {
    /// The address names no engine, or one that this program does not have.
    case unknownAddress(String)
    /// The file could not be opened or made.
    case cannotOpen(path: String, reason: String)
    /// A unique key is taken; names the key as `table.column`.
    case uniqueViolation(key: String)
    /// Another constraint was broken.
    case constraint(String)
    /// Another connection held the database for too long.
    case busy
    /// The disk is full.
    case diskFull
    /// Other transactions were in the way, again and again; names the SQLSTATE.
    case conflict(String)
    /// A statement ran for longer than it may.
    case timeout(statement: String)
    /// The server cannot be reached: its address without password, and why.
    case unreachable(server: String, reason: String)
    /// The connection to the server broke; nothing of the transaction was written.
    case connectionLost(String)
    /// The connection broke while a transaction was being committed: it may have been, or not.
    case commitUnknown(String)
    /// A tick was taken in a transaction that had written already.
    case tickAfterWriting
    /// The engine reported something else: its code, its words, and the statement.
    ///
    /// The code is SQLite's number or PostgreSQL's SQLSTATE.
    case engine(code: String, message: String, statement: String)
    /// A row was read by a name that the statement does not have.
    case noSuchColumn(String)
    /// A row that must exist does not.
    case noRow(String)
    /// The database was migrated by a newer program that this one cannot follow.
    case schemaTooNew(migration: String, oldestProgram: Int)
    /// A migration that was applied is not the one of this program.
    case migrationChanged(String)
    /// A table is frozen, because its rows move or have moved.
    case frozen
    /// The data have moved, or are moving, to another place, which is named without a password.
    case movedAway(to: String)
    /// Data are being moved here and are not complete; names where they come from.
    case halfMoved(from: String)
    /// A move meets data that it did not expect: a table of the target and the reason.
    case cannotMove(table: String, reason: String)
    /// No copy could be made, in the words of SQLite or pg_dump.
    case cannotBackUp(reason: String)
    /// A cut-off lies before its predecessor.
    case cutOffBeforePredecessor(String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .unknownAddress(let address):
            "\(address) is no database address that this program knows; use sqlite:PATH or "
                + "postgres://USER@HOST/NAME"
        case .cannotOpen(let path, let reason): "the database \(path) cannot be opened: \(reason)"
        case .uniqueViolation(let key): "the value of \(key) is taken"
        case .constraint(let text): "the database refused the change: \(text)"
        case .busy: "the database is held by another program"
        case .diskFull: "the disk that holds the database is full"
        case .conflict(let state):
            "other changes were in the way of this one, again and again (SQLSTATE \(state))"
        case .timeout(let statement): "the database took too long for: \(statement)"
        case .unreachable(let server, let reason):
            "the database server \(server) cannot be reached: \(reason)"
        case .connectionLost(let reason): "the connection to the database broke: \(reason)"
        case .commitUnknown(let reason):
            "the connection to the database broke while a change was being kept, so that it may "
                + "have been kept or not: \(reason)"
        case .cannotBackUp(let reason): "the database could not be backed up: \(reason)"
        case .tickAfterWriting: "a tick of the change clock must come before all writing"
        case .engine(let code, let message, let statement):
            "the database failed (\(code)): \(message), in: \(statement)"
        case .noSuchColumn(let column): "the statement has no column \(column)"
        case .noRow(let what): "\(what) does not exist"
        case .schemaTooNew(let migration, let oldest):
            "the database was changed by a newer program (\(migration) needs program \(oldest))"
        case .migrationChanged(let id):
            "migration \(id) in the database differs from this program's"
        case .frozen: "these data are frozen: they move to another database"
        case .movedAway(let place):
            "these data moved to \(place) and are frozen here; use them there, or give the move up "
                + "with `millrace migrate-database --give-up`"
        case .halfMoved(let place):
            "this database is incomplete: the move from \(place) has not ended; repeat it"
        case .cannotMove(let table, let reason): "\(table) cannot be moved: \(reason)"
        case .cutOffBeforePredecessor(let what):
            "the cut-off of \(what) lies before its predecessor: the change clock went back"
        }
    }

    /// Only what is temporary may pass.
    public var retryAdvice: RetryAdvice { isTemporary ? .later : .never }

    /// Whether the same call may succeed when tried again later.
    public var isTemporary: Bool {
        switch self {
        case .busy, .diskFull, .conflict, .timeout, .unreachable, .connectionLost, .commitUnknown:
            true
        default: false
        }
    }

    /// Whether it says nothing of the work that met it: the server was away, or others were in the
    /// way of a transaction that is not repeated by itself.
    public var isOutage: Bool {
        switch self {
        case .conflict, .unreachable, .connectionLost, .commitUnknown: true
        default: false
        }
    }

    /// Whether a transaction of ``Isolation/bulk`` met another writer or lost its server: its work
    /// can go on from its last checkpoint.
    public var isCollision: Bool {
        switch self {
        case .conflict, .connectionLost, .commitUnknown, .uniqueViolation: true
        default: false
        }
    }

    /// Whether the data are elsewhere, or not here yet.
    var isAboutMove: Bool {
        switch self {
        case .movedAway, .halfMoved: true
        default: false
        }
    }

    /// Whether the same transaction may be run again at once: nothing of it was kept.
    var isRepeatable: Bool {
        switch self {
        case .conflict, .connectionLost: true
        default: false
        }
    }
}
