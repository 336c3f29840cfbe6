//! Answers of the site: whole, or shorter than announced.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};

/// The header fields of every answer.
pub(super) type SiteBody = UnsyncBoxBody<Bytes, Infallible>;

/// One answer.
pub(super) type SiteReply = Response<SiteBody>;

/// Time before a connection ends that announced more than it had, so that its bytes are written
/// first.
const CUT_AFTER: Duration = Duration::from_millis(20);

/// A body as long as announced.
pub(super) fn whole(bytes: impl Into<Bytes>) -> SiteBody {
    Full::new(bytes.into()).boxed_unsync()
}

/// A body without a known length, so that the header may announce another. If less comes than
/// announced, the connection ends.
pub(super) fn cut_short(bytes: Bytes) -> SiteBody {
    let frames = stream::unfold(Some(bytes), |bytes| async {
        match bytes {
            Some(bytes) if !bytes.is_empty() => {
                Some((Ok::<_, Infallible>(Frame::data(bytes)), Some(Bytes::new())))
            }
            Some(_) => {
                tokio::time::sleep(CUT_AFTER).await;
                None
            }
            None => None,
        }
    });
    StreamBody::new(frames).boxed_unsync()
}

/// A body after which the connection stays open until the client gives up.
pub(super) fn kept_open(body: SiteBody) -> SiteBody {
    let bytes = body.into_data_stream().map_ok(Frame::data);
    StreamBody::new(bytes.chain(stream::pending())).boxed_unsync()
}
