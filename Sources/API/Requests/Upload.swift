// SPDX-License-Identifier: Apache-2.0

/// A body that is taken piece by piece, so that its size does not matter.
struct Upload: Sendable {
    /// Calls a closure for each piece.
    let each: @Sendable (@Sendable ([UInt8]) async throws -> Void) async throws -> Void
}

/// An endpoint that takes some of its bodies piece by piece.
protocol UploadReceiving: Endpoint {
    /// Whether the body of a request is an upload.
    func receives(_ request: APIRequest) -> Bool
    /// Answers an upload.
    func answer(_ request: APIRequest, _ upload: Upload, _ call: Call) async throws -> Answer
}
