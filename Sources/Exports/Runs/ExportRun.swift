// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Files

/// One run of an export: a window and its file (design/protocols.md, "Export").
public struct ExportRun: Sendable, Hashable {
    /// How far a run is.
    public enum State: String, Sendable, Codable, SQLConvertible {
        /// Step A: the window is cut.
        case planned
        /// Step B: the file is in the spool and will not change.
        case sealed
        /// Step D: the receiver has file and manifest, and the cut-off has moved.
        case delivered
    }

    /// The export.
    public let export: ExportID
    /// The file's number in the chain, from 1.
    public let seq: Int64
    /// The task that planned it.
    public let task: TaskID
    /// How far it is.
    public let state: State
    /// The window and what else was decided in step A.
    public let plan: RunPlan
    /// The name of the file at its location.
    public let fileName: String
    /// Whether the name was taken at the location, so that a file there is this run's.
    public let isPutBegun: Bool
    /// The location where the name is this run's alone, as long as the file is kept.
    public let claimedLocation: LocationID?
    /// The file, once it is sealed.
    public let sealed: SealedFile?
    /// The manifest's text, once it is sealed.
    public let manifest: String?
    /// Whether the file is still in the spool.
    public let isFileKept: Bool
    /// When it was planned.
    public let plannedAt: Instant
    /// When it was delivered.
    public let deliveredAt: Instant?
}

/// What step A decides of a run.
public struct RunPlan: Sendable, Hashable, Codable {
    /// The changes that belong into the file.
    public var window: Window
    /// The moment that the file is named after.
    public var dueAt: Instant
    /// The name of the file inside a compressed one.
    public var innerName: String
    /// The SHA-256 of the previous manifest; nil for the first.
    public var previous: String?
    /// The clock's epoch.
    public var epoch: Int64
    /// The stamp up to which the world had seen changes that a restore took back.
    public var rewoundFrom: Stamp?
    /// The first part of the window, in which earlier runs have found nothing for the file.
    public var scanned: ScannedPart?
    /// What the file holds of its rows; nil for what is new.
    public var kind: ExportKind?
    /// The search that the file is limited to, if any.
    public var search: SearchID?

    /// Whether the file holds everything that is there at the window's end.
    public var isFull: Bool { kind == .full }

    /// The part of the window that is still to be read.
    var unread: Window {
        var unread = window
        if let scanned { unread.from = scanned.to }
        return unread
    }
}

/// The beginning of a window that was read and gave no file.
public struct ScannedPart: Sendable, Hashable, Codable {
    /// Where it ends.
    public var to: Tick
    /// How many of its rows were left out.
    public var leftOut: LeftOut
}

/// A file that will not change any more.
public struct SealedFile: Sendable, Hashable, Codable {
    /// The file in the spool, and the length and hash of what is in it.
    public var packed: Packer.Result
    /// How many rows it has, without the header.
    public var rows: Int64
    /// The headers in order.
    public var columns: [String]
    /// How many rows of the window were left out.
    public var leftOut: LeftOut
    /// How it is compressed.
    public var compression: Compression
}

/// How many rows of a window were left out, and why.
public struct LeftOut: Sendable, Hashable, Codable {
    /// Rows of campaigns that were not active, by the 31-day rule.
    public var inactiveCampaigns: Int64 = 0
    /// Rows whose source is not ticked.
    public var sourceFilter: Int64 = 0

    /// Nothing was left out.
    public init() {}
}
