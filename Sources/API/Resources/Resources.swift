// SPDX-License-Identifier: Apache-2.0

/// Everything below `/v1`: one file each.
enum Resources {
    /// All endpoints, in the order of the document.
    static func all(_ options: ServerOptions) -> [any Endpoint] {
        [
            Resource.task, Resource.list, Resource.subscription, SubscriberEndpoint(),
            Resource.message, Resource.emailMessage, Resource.smsMessage, Resource.search,
            Resource.contact, Resource.bounce, Resource.emailOpen, Resource.emailLinkClick,
            MembersEndpoint(), Resource.entity, Resource.user,
            Resource.token, Resource.taskHistory, ImportEndpoint(), Resource.importRun,
            Resource.export, Resource.exportRun, Resource.campaign, Resource.location,
            Resource.profileTable, Resource.attribute, Resource.doNotContact,
            Resource.searchExecute, Resource.webhook, Resource.relay, Resource.quarantine,
            Resource.serviceDomain,
            Resource.splitTest, Resource.smsAccount, Resource.smsCredit, Resource.smsCreditEntry,
            Resource.customTable, CustomRowEndpoint(), Resource.segmentation,
        ]
    }
}
