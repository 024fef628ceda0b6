// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Tasks

/// Step C: brings a sealed file to its location, the manifest last; and step D.
///
/// All calls block. A file without a manifest is not delivered. What is sent again after a crash is the sealed file,
/// so that it has the same window, name and hash.
struct Delivery: Sendable {
    let run: TaskRun
    let export: ExportRecord
    let services: ExportServices
    let installation: String

    private var database: Database { run.database }
    private var store: RunStore { RunStore(export.workspace) }
    private var location: LocationID { export.definition.transfer.location }

    /// Delivers a sealed run.
    ///
    /// The ending is written in the same transaction as the delivery; with nil the task goes on
    /// afterwards.
    func deliver(
        _ sealed: ExportRun,
        ending: (ExportRun) throws -> TaskEnding?
    ) throws
        -> ExportRun
    {
        let access = try access()
        let named = try claimName(sealed, access)
        try run.failpoints.pass("export.named")
        try database.witness()
        try put(named, access)
        try run.failpoints.pass("export.put")
        let ending = try ending(named)
        try database.writeBlocking { transaction in
            try run.guardLease(in: transaction)
            let hash = Manifest.hash(named.manifest ?? "")
            guard try store.deliver(named, manifestHash: hash, in: transaction) else {
                throw TaskError.leaseLost(run.task.id)
            }
            try ExportStore(export.workspace, locations: services.locations)
                .noteDone(export, in: transaction)
            if let ending { try run.end(ending, in: transaction) }
        }
        try run.failpoints.pass("export.delivered")
        return named
    }

    /// Brings the file and manifest of a delivered run to the location once more.
    ///
    /// - Throws: ``ExportsError/nameHeld(_:)`` when the name is another run's there by now.
    func deliverAgain(_ delivered: ExportRun) throws {
        try database.writeBlocking { transaction in
            try run.guardLease(in: transaction)
            guard
                try !store.isHeld(
                    delivered.fileName,
                    at: location,
                    besides: delivered,
                    in: transaction
                )
            else { throw ExportsError.nameHeld(delivered.fileName) }
            try store.claim(delivered, at: location, in: transaction)
        }
        try database.witness()
        try put(delivered, try access())
    }

    private func access() throws -> any LocationAccess {
        let record = try database.readBlocking { connection in
            try services.locations.find(
                export.definition.transfer.location,
                export.workspace,
                in: connection
            )
        }
        return try services.locations.access(to: record, workspace: export.workspace)
    }

    /// Settles the name before the first put: one that is taken by another gets `-seq`; after a
    /// restore that may be taken too, by a file that the database has forgotten.
    ///
    /// Whether a file stands there cannot be asked and answered in one step with others who want the
    /// name, so it is claimed in the database before anything is put.
    private func claimName(_ sealed: ExportRun, _ access: any LocationAccess) throws -> ExportRun {
        guard !sealed.isPutBegun || (sealed.claimedLocation ?? location) != location else {
            return sealed
        }
        let names = FileEnding.candidates(for: sealed)
        for name in names.dropLast() where try !access.exists(name) {
            if let named = try claim(name, for: sealed) { return named }
        }
        // The last one holds what nobody else has: export, number and epoch.
        guard let last = names.last, let named = try claim(last, for: sealed) else {
            throw ExportsError.nameHeld(sealed.fileName)
        }
        return named
    }

    /// Gives a run a name; nil when another run has it.
    private func claim(_ name: String, for sealed: ExportRun) throws -> ExportRun? {
        guard let file = sealed.sealed else { return sealed }
        let manifest = try Manifest(
            sealed,
            file,
            fileName: name,
            of: export,
            installation: installation,
            program: services.program
        ).text()
        return try database.writeBlocking { transaction in
            try run.guardLease(in: transaction)
            guard try !store.isHeld(name, at: location, besides: sealed, in: transaction) else {
                return nil
            }
            let isOurs = try store.beginPut(
                sealed,
                fileName: name,
                manifest: manifest,
                at: location,
                in: transaction
            )
            guard isOurs else { throw TaskError.leaseLost(run.task.id) }
            return try store.run(sealed.seq, of: export.id, in: transaction)
        }
    }

    private func put(_ sealed: ExportRun, _ access: any LocationAccess) throws {
        let manifestName = sealed.fileName + Manifest.suffix
        guard let file = sealed.sealed?.packed.file, let manifest = sealed.manifest,
            try services.spool.exists(file)
        else {
            // The manifest comes last: where it stands, the file was brought before.
            if sealed.isPutBegun, sealed.state == .sealed, try access.exists(manifestName) {
                return
            }
            throw ExportsError.fileGone(export.id, seq: sealed.seq)
        }
        try services.spool.withLocalPath(of: file) { path in
            try access.put(from: path, to: sealed.fileName)
        }
        try run.failpoints.pass("export.filePut")
        try access.putData(Array(manifest.utf8), to: manifestName)
    }
}
