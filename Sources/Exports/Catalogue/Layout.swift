// SPDX-License-Identifier: Apache-2.0

/// The columns that an event type's file has, in order (spec/exports.md, step 2).
public enum Layout: String, CaseIterable, Sendable, Codable {
    /// A profile table or a custom table with its own columns.
    case table
    /// Profiles that were deleted.
    case deletedProfiles
    /// Profiles that changed their segment.
    case segmentTransitions
    /// Subscriptions and cancellations.
    case subscriptionUpdates
    /// Changes of the marketing consent.
    case consentChanges
    /// E-mails that were sent, opened, or led to an unsubscription.
    case email
    /// E-mails that were withheld or failed.
    case emailNotSent
    /// Clicks in e-mails.
    case emailClicks
    /// E-mails that came back.
    case emailBounced
    /// SMS that were sent, delivered, clicked or stopped.
    case sms
    /// SMS that were withheld or failed.
    case smsFailure
    /// Lines of files for print, call centers and audiences.
    case file
    /// Lines of files that were downloaded or dropped.
    case fileDownloaded
    /// Rows of linked data that were deleted.
    case rowDeletedLinked
    /// Rows of repositories that were deleted.
    case rowDeletedRepository
}
