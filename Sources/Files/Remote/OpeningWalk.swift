// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Opens a connection once, and tells of each step on the way whether it went well.
final class OpeningWalk: Sendable {
    private let session: RemoteSession
    private let outcome = Mutex<Result<Void, FilesError>?>(nil)

    init(_ session: RemoteSession) {
        self.session = session
    }

    /// Name, connect, handshake and login.
    var steps: [OpeningStep] {
        RemoteFailure.Step.allCases.filter { $0 != .files }.map { step in
            OpeningStep(name: step.rawValue) { try self.check(step) }
        }
    }

    private func check(_ step: RemoteFailure.Step) throws {
        guard case .failure(let error) = try open() else { return }
        let failed = failedStep(error)
        if failed == step { throw error }
    }

    private func failedStep(_ error: FilesError) -> RemoteFailure.Step {
        guard case .remote(let failure) = error, failure.step != .files else { return .login }
        return failure.step
    }

    private func open() throws -> Result<Void, FilesError> {
        if let outcome = outcome.withLock({ $0 }) { return outcome }
        let result: Result<Void, FilesError>
        do {
            try session.open()
            result = .success(())
        } catch let error as FilesError {
            result = .failure(error)
        }
        outcome.withLock { $0 = result }
        return result
    }
}
