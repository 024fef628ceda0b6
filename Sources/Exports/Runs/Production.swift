// SPDX-License-Identifier: Apache-2.0
import CSV
import Common
import Database
import Files

/// Step B: reads a window and makes its file in the spool; memory does not grow with rows.
final class Production {
    /// How events come into their order.
    private enum Pass {
        /// While they are read, which is enough where they come nearly in order.
        case streamed
        /// After all of them were read.
        case gathered
    }

    private let reading: RowReading
    private let window: Window
    private let pipe: BlockPipe
    private let order: (any EventOrder)?
    private let compression: Compression
    private var rows: Int64 = 0
    /// How many rows of the relation were passed.
    private var passed: Int64 = 0
    private var reported: Int64 = 0
    private var leftOut: LeftOut

    /// What came of a window.
    enum Outcome {
        /// A file in the spool.
        case file(SealedFile)
        /// No row, of an export that wants no empty file.
        case nothing(LeftOut)
    }

    /// Makes the file of a planned run.
    ///
    /// Its name holds that of the attempt: one that has lost its lease and knows it not yet replaces
    /// nothing. The closure is called now and then with the number of rows that were passed.
    static func file(
        of run: ExportRun,
        by attempt: String,
        _ reading: RowReading,
        _ services: ExportServices,
        from source: Source,
        progress: (Int64) throws -> Void
    ) throws -> Outcome {
        let name = prefix(of: run, in: reading.export.workspace) + attempt
        do {
            return try Production(run, name, reading, services, .streamed)
                .produce(from: source, progress: progress)
        } catch is ReorderBuffer.TooLate {
            return try Production(run, name, reading, services, .gathered)
                .produce(from: source, progress: progress)
        }
    }

    /// Removes what attempts made for a run and did not seal.
    static func removeLeftovers(
        of run: ExportRun,
        in workspace: WorkspaceID,
        from spool: Spool
    ) throws {
        let prefix = prefix(of: run, in: workspace)
        for name in try spool.names(of: .sealedExport) where name.hasPrefix(prefix) {
            try spool.remove(SpoolFile(kind: .sealedExport, name: name, bytes: 0, sha256: ""))
        }
    }

    private static func prefix(of run: ExportRun, in workspace: WorkspaceID) -> String {
        "\(workspace)-\(run.export)-\(run.seq)-"
    }

    /// Where rows are read, and by how many readers.
    struct Source {
        let database: Database
        let isLarge: Bool
    }

    private init(
        _ run: ExportRun,
        _ name: String,
        _ reading: RowReading,
        _ services: ExportServices,
        _ pass: Pass
    ) throws {
        self.reading = reading
        window = run.plan.unread
        leftOut = run.plan.scanned?.leftOut ?? LeftOut()
        compression = reading.export.definition.transfer.compression
        let pipe = BlockPipe(
            PackingPipe(
                try Packer(
                    to: try services.spool.create(.sealedExport, name: name),
                    compression: compression,
                    innerName: run.plan.innerName,
                    moment: run.plan.dueAt
                )
            )
        )
        self.pipe = pipe
        order =
            switch pass {
            case _ where !reading.plan.isOrderedByEvent: nil
            case .streamed: ReorderBuffer(limit: services.sortLimit, give: pipe.append)
            case .gathered:
                GatheredOrder(
                    EventSorter(limit: services.sortLimit) {
                        try services.spool.scratchPath(.sealedExport, "\(name)-sort-\($0)")
                    },
                    give: pipe.append
                )
            }
    }

    private func produce(
        from source: Source,
        progress: (Int64) throws -> Void
    ) throws -> Outcome {
        do {
            var header = reading.writer
            header.header(reading.plan.headers)
            try header.csv.bytes.withUnsafeBytes(pipe.append)
            try read(from: source, progress: progress)
            try order?.finish()
            guard rows > 0 || reading.export.definition.emptyWindow == .headerOnly else {
                pipe.abandon()
                return .nothing(leftOut)
            }
            return .file(
                SealedFile(
                    packed: try pipe.finish(),
                    rows: rows,
                    columns: reading.plan.headers,
                    leftOut: leftOut,
                    compression: compression
                )
            )
        } catch {
            pipe.abandon()
            throw error
        }
    }

    private func read(from source: Source, progress: (Int64) throws -> Void) throws {
        let batches = BatchReading(reading: reading, window: window, database: source.database)
        for stamps in window.segments {
            guard !source.isLarge else {
                try RangeReaders(batches: batches).each(in: stamps) { batch in
                    try take(batch)
                    passed += Int64(RangeReaders.rows)
                    try report(progress)
                }
                continue
            }
            var rest: RowRange? = RowRange(stamps)
            while let range = rest {
                let (batch, last) = try batches.chunk(range)
                try take(batch)
                passed += batch.seen
                rest = last.map { RowRange(after: $0, before: range.before) }
                if rest != nil { try report(progress) }
            }
        }
    }

    /// Each report is a transaction of its own; the sealing is one, so that few chunks need none.
    private func report(_ progress: (Int64) throws -> Void) throws {
        guard passed >= reported + 100_000 else { return }
        reported = passed
        try progress(passed)
    }

    private func take(_ batch: RowBatch) throws {
        rows += batch.rows
        leftOut.inactiveCampaigns += batch.leftOut.inactiveCampaigns
        leftOut.sourceFilter += batch.leftOut.sourceFilter
        try batch.bytes.withUnsafeBytes { bytes in
            guard let order else { return try pipe.append(bytes) }
            for entry in batch.entries {
                let record = UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.end])
                try order.add(record, entry.key)
            }
        }
    }
}

/// Gathers records into blocks for a pipe.
private final class BlockPipe {
    private let pipe: PackingPipe
    private var block: [UInt8] = []

    init(_ pipe: PackingPipe) {
        self.pipe = pipe
        block.reserveCapacity(PackingPipe.blockSize * 2)
    }

    func append(_ record: UnsafeRawBufferPointer) throws {
        block.append(contentsOf: record)
        if block.count >= PackingPipe.blockSize { try flush() }
    }

    func finish() throws -> Packer.Result {
        try flush()
        return try pipe.finish()
    }

    func abandon() { pipe.abandon() }

    private func flush() throws {
        guard !block.isEmpty else { return }
        try pipe.write(block)
        block = []
        block.reserveCapacity(PackingPipe.blockSize * 2)
    }
}
