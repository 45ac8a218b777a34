//! Futures as promises, and promises as futures.
//!
//! JavaScript drives a task (`runTask` in `pkg-template/session/task.ts`): a step runs the future until it waits for a
//! promise, and the next step begins with what that came to. So nothing here schedules, and nothing is called back.
//! wasm-bindgen-futures brings a queue, wakers and two closures for each promise: 1.6 kB compressed, and two more turns
//! of the microtask queue for each promise.

use crate::failure::Failure;
use js_sys::{Array, Promise};
use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;

type Settled = Result<JsValue, JsValue>;

thread_local! {
    /// The promise that the running task waits for.
    static AWAITED: Cell<Option<Promise>> = const { Cell::new(None) };
    /// What the promise came to that the running task waited for.
    static SETTLED: Cell<Option<Settled>> = const { Cell::new(None) };
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = runTask)]
    fn run_task(task: Task) -> Promise;
}

/// A future that JavaScript runs step by step.
#[wasm_bindgen]
pub struct Task(Pin<Box<dyn Future<Output = Settled>>>);

#[wasm_bindgen]
impl Task {
    /// Runs until the next promise, or to the end. `value` is what the promise of the step before was fulfilled or
    /// rejected with. Gives `[false, promise]` where the task waits, `[true, result]` at its end.
    ///
    /// # Errors
    /// What the task ends with.
    pub fn step(&mut self, fulfilled: bool, value: JsValue) -> Result<Array, JsValue> {
        SETTLED.set(Some(if fulfilled { Ok(value) } else { Err(value) }));
        let (done, value) = match self
            .0
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(settled) => (true, settled?),
            Poll::Pending => (false, AWAITED.take().into()),
        };
        Ok(Array::of2(&done.into(), &value))
    }
}

/// The promise of `work`, which begins in a microtask of its own. All futures are boxed to one type: each other type would
/// bring a task of its own.
pub(crate) fn promise(work: impl Future<Output = Result<JsValue, Failure>> + 'static) -> Promise {
    run_task(Task(Box::pin(async { work.await.map_err(JsValue::from) })))
}

/// The future of a promise. It ends a step of the task that polls it: a task waits for one promise at a time.
pub(crate) struct Awaited(Option<Promise>);

impl From<Promise> for Awaited {
    fn from(promise: Promise) -> Self {
        Self(Some(promise))
    }
}

impl Future for Awaited {
    type Output = Settled;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Settled> {
        match self.0.take() {
            Some(promise) => {
                AWAITED.set(Some(promise));
                Poll::Pending
            }
            None => Poll::Ready(SETTLED.take().unwrap_or(Err(JsValue::UNDEFINED))),
        }
    }
}
