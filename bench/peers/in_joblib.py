from protocol import expect, missing, now, serve

try:
    import joblib
except ImportError as error:
    missing(error)


def no_op(i):
    return i


def over(prefer):
    def job(n):
        start = now()
        outputs = joblib.Parallel(n_jobs=2, prefer=prefer)(joblib.delayed(no_op)(i) for i in range(n))
        seconds = now() - start
        expect(outputs, list(range(n)))
        return seconds

    return job


if __name__ == '__main__':
    serve(joblib.__version__, {'threads': over('threads'), 'processes': over('processes')})
